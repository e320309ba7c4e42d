//! Reading back what was written, as a later reader will, before it is committed.
//!
//! In a crafted file, a row can be written to another position than the one it is read from. The
//! sums would then be of rows that are never found, permanently. So a change is committed only if
//! it reads back; otherwise the store is unchanged.

use super::change::Writer;
use crate::backend::Row;
use crate::barrier::log::chain;
use crate::barrier::rows::manifest::{BUCKETS, Bucket, Space, Sum, SumRow};
use crate::crypto::seal::tag_of;
use crate::error::{Error, Result};

impl Writer<'_> {
    /// Verifies the sums of all changed buckets.
    pub(super) fn prove_buckets(&mut self) -> Result<()> {
        let rows = self.reader.rows.iter();
        let touched: Vec<_> = rows.map(|(b, row)| (*b, row.touched())).collect();
        for (b, buckets) in touched {
            let Some((space, top)) = Space::covered_by(b) else {
                continue;
            };
            if self.is_worth_all(space, buckets.len()) {
                self.prove_all(space, top)?;
            } else {
                let mut buckets = buckets.into_iter().map(|next| Bucket { space, top, next });
                buckets.try_for_each(|bucket| self.prove(bucket))?;
            }
        }
        Ok(())
    }

    /// Whether reading all buckets of a manifest row at once is cheaper than reading the changed
    /// ones.
    pub(super) fn is_worth_all(&self, space: Space, buckets: usize) -> bool {
        /// The cost of a query, in rows.
        const QUERY: u64 = 4;
        let kept = match space {
            Space::Objects => self.root.objects,
            Space::Index => self.root.entries,
        };
        let single = (buckets as u64).saturating_mul(QUERY * BUCKETS + kept);
        single >= kept.saturating_mul(256)
    }

    fn prove(&mut self, bucket: Bucket) -> Result<()> {
        let bounds = bucket.bounds();
        let mut sum = Sum::default();
        match bucket.space {
            Space::Objects => self.objects_between(bounds, &mut |_, _, leaf| sum.add(leaf))?,
            Space::Index => self.entries_between(bounds, &mut |_, _, leaf| sum.add(leaf))?,
        }
        self.confirm(bucket, sum)
    }

    fn prove_all(&mut self, space: Space, top: u8) -> Result<()> {
        let bounds = space.bounds(top);
        let mut sums = SumRow::empty();
        match space {
            Space::Objects => {
                self.objects_between(bounds, &mut |id, _, leaf| sums.add(&id, leaf))?;
            }
            Space::Index => self.entries_between(bounds, &mut |h, _, leaf| sums.add(&h, leaf))?,
        }
        self.confirm_all(space, top, &sums)
    }

    /// Verifies that the new end of the log follows the previous last row.
    pub(super) fn prove_log(&self) -> Result<()> {
        let Some(new) = (self.logged.len() as u64).checked_sub(1) else {
            return Ok(());
        };
        let last = self.root.log_last;
        let first = self.root.log_last - new;
        let before = first.saturating_sub(1).max(self.root.log_first);
        let mut written = self.logged.iter();
        chain::pages(&*self.reader.tx, before..=last, &mut |row| {
            let is_old = row.seq < first;
            if is_old || tag_of(&row.row.sealed).as_ref() == written.next() {
                return Ok(());
            }
            Err(misplaced("log"))
        })
    }

    /// Verifies that manifest rows read back as written or removed. Runs after all were written,
    /// because one could have displaced another.
    pub(super) fn prove_manifest(&self, written: &[(u16, Option<Row>)]) -> Result<()> {
        for (b, row) in written {
            if self.reader.tx.man_get(*b)? != *row {
                return Err(misplaced("man"));
            }
        }
        Ok(())
    }

    /// Writes the header.
    pub(super) fn put_header(&mut self, bytes: &[u8]) -> Result<()> {
        self.reader.tx.hdr_put(1, bytes)?;
        match self.reader.tx.hdr_get(1)? {
            Some(found) if found == bytes => Ok(()),
            _ => Err(misplaced("hdr")),
        }
    }
}

fn misplaced(table: &str) -> Error {
    Error::Integrity(format!(
        "a row of `{table}` is not found where it was written"
    ))
}
