//! Sealing staged changes into rows, and updating the sums that cover them.

use super::change::Writer;
use crate::backend::Row;
use crate::barrier::anchor::Mark;
use crate::barrier::reader::{IndexChange, Staged};
use crate::barrier::rows::aad::aad;
use crate::barrier::rows::frame;
use crate::barrier::rows::manifest::{Bucket, OpenRow, Space, Sum, index_leaf, object_leaf};
use crate::crypto::Label;
use crate::error::Result;
use crate::model::id::RecordId;

impl Writer<'_> {
    /// Seals and commits everything, and returns the state that was reached. `last` runs just
    /// before the commit, when that state is known.
    pub(in crate::barrier) fn commit(
        mut self,
        last: impl FnOnce(&Mark) -> Result<()>,
    ) -> Result<Mark> {
        self.flush()?;
        self.flush_entries()?;
        // While the sums are still in memory: what the tables now hold must add up to the same.
        self.prove_buckets()?;
        let mut written = Vec::new();
        for (b, row) in std::mem::take(&mut self.reader.rows) {
            if !row.touched().is_empty() {
                written.push((b, self.seal_sum_row(b, &row)?));
            }
        }
        // The root is last: it contains the sums of all other rows.
        let unlocked = self.reader.unlocked;
        let root = unlocked.seal_manifest(0, &self.root.encode(), self.entropy)?;
        self.reader.tx.man_put(0, &root)?;
        let mark = Mark::of(&self.root, &root, &unlocked.keys.manifest)?;
        written.push((0, Some(root)));
        self.prove_manifest(&written)?;
        self.prove_log()?;
        last(&mark)?;
        self.reader.tx.commit()?;
        Ok(mark)
    }

    /// Writes a manifest row, or removes an empty one; returns the row that is there now.
    fn seal_sum_row(&mut self, b: u16, row: &OpenRow) -> Result<Option<Row>> {
        let sum = row.sums.total();
        self.reader.root.set_sum(b, sum);
        if sum.is_zero() {
            if row.is_there {
                self.reader.tx.man_del(b)?;
            }
            return Ok(None);
        }
        let row = self
            .reader
            .unlocked
            .seal_manifest(b, &row.sums.encode(), self.entropy)?;
        self.reader.tx.man_put(b, &row)?;
        Ok(Some(row))
    }

    /// Updates a bucket's sum and the root's count for a changed row.
    fn resum(&mut self, bucket: Bucket, gone: Option<Sum>, come: Option<Sum>) -> Result<()> {
        // Opened, and therefore verified against the root, before it changes: updating a wrong sum
        // would authenticate a wrong row permanently.
        let row = self.reader.sum_row(bucket.row())?;
        if let Some(sum) = row.touch(bucket.next) {
            if let Some(leaf) = gone {
                sum.subtract(leaf);
            }
            if let Some(leaf) = come {
                sum.add(leaf);
            }
        }
        // Wrapping: a wrong count in the file is for the full check to report, not a reason to
        // panic.
        let root = &mut self.reader.root;
        let count = match bucket.space {
            Space::Objects => &mut root.objects,
            Space::Index => &mut root.entries,
        };
        *count = count
            .wrapping_add(u64::from(come.is_some()))
            .wrapping_sub(u64::from(gone.is_some()));
        Ok(())
    }

    /// Seals staged objects in table order, so that pages are filled sequentially. A scan by the
    /// reader sees them afterwards.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::Error::Integrity) if a changed bucket is damaged, and those of
    /// the storage.
    pub fn flush(&mut self) -> Result<()> {
        self.announce_changes()?;
        let staged = std::mem::take(&mut self.reader.staged);
        for (id, Staged { old, new }) in staged {
            let bucket = Bucket::of(Space::Objects, id.bytes());
            let come = match new {
                Some((kind, body)) => Some(self.seal_object(id, kind, &body, old)?),
                None if old.is_some() => {
                    self.reader.tx.obj_del(id.bytes())?;
                    None
                }
                None => continue,
            };
            self.resum(bucket, old, come)?;
        }
        Ok(())
    }

    /// Writes changed index entries in table order.
    pub(super) fn flush_entries(&mut self) -> Result<()> {
        self.announce_changes()?;
        let changes = std::mem::take(&mut self.reader.entries);
        for (h, IndexChange { old, new }) in changes
            .into_iter()
            .filter(|(_, change)| change.old != change.new)
        {
            let leaf = |id: RecordId| index_leaf(&self.unlocked.keys.manifest, &h, id.bytes());
            let gone = old.map(leaf);
            let come = new.map(leaf);
            match (old, new) {
                (None, Some(id)) => self.reader.tx.idx_add(&h, id.bytes())?,
                (_, Some(id)) => self.reader.tx.idx_put(&h, id.bytes())?,
                (_, None) => self.reader.tx.idx_del(&h)?,
            }
            self.resum(Bucket::of(Space::Index, &h), gone, come)?;
        }
        Ok(())
    }

    fn seal_object(
        &mut self,
        id: RecordId,
        kind: u16,
        body: &[u8],
        old: Option<Sum>,
    ) -> Result<Sum> {
        let frame = frame::wrap(kind, self.root.epoch, body)?;
        let unlocked = self.reader.unlocked;
        let sealer = unlocked.keys.object(None)?;
        let bound = aad(Label::Obj, &unlocked.header.store, sealer.kid, *id.bytes());
        let row = Row {
            kid: sealer.kid,
            sealed: sealer.key.seal(&bound, &frame, self.entropy)?,
        };
        match old {
            None => self.reader.tx.obj_add(id.bytes(), &row)?,
            Some(_) => self.reader.tx.obj_put(id.bytes(), &row)?,
        }
        Ok(object_leaf(&unlocked.keys.manifest, id.bytes(), &row)?)
    }
}
