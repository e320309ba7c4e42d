//! What changed since an earlier reading, bucket by bucket.
//!
//! The sums of the manifest identify the content of each bucket, so a caller that keeps what it
//! read needs no other record of changes: where a sum is the same, so are the rows.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::ops::RangeInclusive;
use std::vec::IntoIter;

use zeroize::Zeroizing;

use super::announce::Announced;
use super::buckets::changed;
use super::snapshot::Reader;
use crate::backend::{ObjId, Row, Want};
use crate::barrier::rows::frame;
use crate::barrier::rows::manifest::{Bucket, Space, Sum, SumRow};
use crate::barrier::rows::record::{self, Record};
use crate::error::{Error, Result};
use crate::model::id::RecordId;

/// From so many changed buckets of a manifest row on, all of its rows are read at once.
const MANY: usize = 16;

/// From so many changed manifest rows on, not all that changed is read at once.
const MANY_ROWS: usize = 64;

/// The sums of all buckets of objects, as of an earlier reading. About 2 MiB when the store is
/// large.
#[derive(Default)]
pub struct SeenObjects {
    rows: BTreeMap<u8, SeenRow>,
}

impl SeenObjects {
    /// Remembers what another reading has seen, of ids that this one has not.
    pub fn join(&mut self, other: Self) {
        self.rows.extend(other.rows);
    }
}

/// The sums of 256 buckets.
struct SeenRow {
    sums: SumRow,
    total: Sum,
}

impl SeenRow {
    fn empty() -> Self {
        Self {
            sums: SumRow::empty(),
            total: Sum::default(),
        }
    }

    fn set(&mut self, next: u8, sum: Sum) {
        self.total.subtract(self.sums.sum(next));
        self.total.add(sum);
        if let Some(own) = self.sums.sum_mut(next) {
            *own = sum;
        }
    }
}

/// The records of one bucket: those whose ids start with the same two bytes.
pub struct BucketRecords<'a> {
    number: u16,
    frames: &'a [(RecordId, Zeroizing<Vec<u8>>)],
}

impl BucketRecords<'_> {
    /// The first two bytes of the ids, big-endian.
    pub fn number(&self) -> u16 {
        self.number
    }

    /// The records, in the order of their ids.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] if one is damaged.
    pub fn records(&self) -> impl Iterator<Item = Result<SomeRecord<'_>>> {
        self.frames.iter().map(|(id, frame)| {
            let (kind, body) = frame::unwrap(frame)?;
            Ok(SomeRecord {
                id: *id,
                kind,
                body,
            })
        })
    }
}

/// A record of some kind, not decoded.
pub struct SomeRecord<'a> {
    /// Its id.
    pub id: RecordId,
    kind: u16,
    body: &'a [u8],
}

impl SomeRecord<'_> {
    /// The record, if it is of this kind.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] if it cannot be decoded.
    pub fn decode<R: Record>(&self) -> Result<Option<R>> {
        if self.kind != R::KIND {
            return Ok(None);
        }
        record::decode(self.body).map(Some)
    }
}

impl Reader<'_> {
    /// Visits every bucket of objects that differs from what `seen` remembers, verified, and
    /// remembers it as it is now. `tops` limits this to ids that start with these bytes. A bucket
    /// that has become empty is visited too.
    ///
    /// If this fails, `seen` remembers exactly the buckets that were visited; a later call visits
    /// the others.
    ///
    /// # Errors
    ///
    /// Those of `visit`, and [`Error::Integrity`] at the first damaged bucket.
    pub fn changed_objects(
        &mut self,
        tops: RangeInclusive<u8>,
        seen: &mut SeenObjects,
        visit: &mut dyn FnMut(&BucketRecords<'_>) -> Result<()>,
    ) -> Result<()> {
        if !self.staged.is_empty() {
            return Err(Error::Bug(
                "a scan would not see what this transaction has changed",
            ));
        }
        self.announce_changed(tops.clone(), seen)?;
        for top in tops {
            let total = self.root.sum(Space::Objects.row(top));
            let before = seen.rows.get(&top).map_or(Sum::default(), |row| row.total);
            if total != before {
                let known = seen.rows.entry(top).or_insert_with(SeenRow::empty);
                self.changed_in_row(top, known, visit)?;
            }
        }
        Ok(())
    }

    /// Announces the changed buckets, unless they are many: then they are read one manifest row at a time.
    fn announce_changed(&mut self, tops: RangeInclusive<u8>, seen: &SeenObjects) -> Result<()> {
        if !self.tx.fetches() {
            return Ok(());
        }
        let before = |top: &u8| seen.rows.get(top).map_or(Sum::default(), |row| row.total);
        let is_changed = |top: &u8| self.root.sum(Space::Objects.row(*top)) != before(top);
        let changed: Vec<u8> = tops.filter(is_changed).collect();
        if changed.len() > MANY_ROWS {
            return Ok(());
        }
        let manifest = changed
            .iter()
            .map(|top| Want::Man(Space::Objects.row(*top)));
        self.tx.fetch(&manifest.collect::<Vec<_>>())?;
        let mut announced = Announced::default();
        for top in changed {
            let sums = &self.sum_row(Space::Objects.row(top))?.sums;
            let known = seen.rows.get(&top);
            let old = |next| known.map_or(Sum::default(), |row| row.sums.sum(next));
            let buckets: Vec<_> = (0..=u8::MAX)
                .filter(|next| sums.sum(*next) != old(*next))
                .map(|next| Bucket {
                    space: Space::Objects,
                    top,
                    next,
                })
                .collect();
            if buckets.len() < MANY {
                announced.buckets.extend(buckets);
            } else {
                let whole = Space::Objects.range(Space::Objects.bounds(top));
                announced.others.push(whole);
            }
        }
        self.fetch_announced(announced)
    }

    fn changed_in_row(
        &mut self,
        top: u8,
        known: &mut SeenRow,
        visit: &mut dyn FnMut(&BucketRecords<'_>) -> Result<()>,
    ) -> Result<()> {
        let b = Space::Objects.row(top);
        if known.total == Sum::default() {
            // All of it is new.
            self.fetch_all(Space::Objects, top)?;
        }
        let now = self.sum_row(b)?.sums.clone();
        let is_changed = |next: &u8| now.sum(*next) != known.sums.sum(*next);
        let changed: Vec<u8> = (0..=255).filter(is_changed).collect();
        let mut all = Vec::new();
        let is_read_whole = changed.len() >= MANY;
        if is_read_whole {
            all = self.objects_of(top)?;
        }
        // Not needed again: the manifest of a large store would fill memory.
        self.rows.remove(&b);
        let mut all = all.into_iter().peekable();
        for next in changed {
            let bucket = Bucket {
                space: Space::Objects,
                top,
                next,
            };
            let rows = if is_read_whole {
                rows_in(&mut all, bucket)
            } else {
                self.rows_of(bucket, now.sum(next))?
            };
            let frames = self.open_rows(&rows)?;
            visit(&BucketRecords {
                number: u16::from_be_bytes([top, next]),
                frames: &frames,
            })?;
            known.set(next, now.sum(next));
        }
        Ok(())
    }

    /// Reads the rows of one bucket, verified.
    fn rows_of(&mut self, bucket: Bucket, expected: Sum) -> Result<Vec<(ObjId, Row)>> {
        let mut sum = Sum::default();
        let mut rows = Vec::new();
        self.objects_between(bucket.bounds(), &mut |id, row, leaf| {
            sum.add(leaf);
            rows.push((id, row));
        })?;
        if sum == expected {
            Ok(rows)
        } else {
            Err(changed(bucket))
        }
    }

    fn open_rows(&self, rows: &[(ObjId, Row)]) -> Result<Vec<(RecordId, Zeroizing<Vec<u8>>)>> {
        rows.iter()
            .map(|(id, row)| {
                let id = RecordId::from_bytes(*id);
                Ok((id, self.open_object(id, row)?))
            })
            .collect()
    }
}

/// Takes the rows of a bucket from `rows`, which are sorted by id; those of earlier buckets are
/// dropped.
fn rows_in(rows: &mut Peekable<IntoIter<(ObjId, Row)>>, bucket: Bucket) -> Vec<(ObjId, Row)> {
    let of = |row: &(ObjId, Row)| Bucket::of(Space::Objects, &row.0);
    while rows.next_if(|row| of(row) < bucket).is_some() {}
    let mut found = Vec::new();
    while let Some(row) = rows.next_if(|row| of(row) == bucket) {
        found.push(row);
    }
    found
}
