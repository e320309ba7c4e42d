//! Buckets: rows are used from the same read that was compared with the bucket's sum.

use std::collections::btree_map::Entry;

use zeroize::Zeroizing;

use super::snapshot::Reader;
use crate::backend::{IdxKey, ObjId, Row, Transaction, Want};
use crate::barrier::rows::aad::aad;
use crate::barrier::rows::manifest::{
    Bucket, OpenRow, Space, Sum, SumRow, index_leaf, object_leaf,
};
use crate::barrier::rows::order::RowOrder;
use crate::barrier::rows::root::Root;
use crate::barrier::unlocking::unlocked::Unlocked;
use crate::crypto::Label;
use crate::error::{Error, Result};
use crate::model::id::RecordId;

impl Reader<'_> {
    /// Reads the sealed row of an object together with its whole bucket, which is verified.
    ///
    /// Without a memory the bucket is read again each time. Reading the row once more on its own would be
    /// a separate read of the file, which no sum covers.
    pub(in crate::barrier) fn object(&mut self, id: RecordId) -> Result<Option<Row>> {
        let bucket = Bucket::of(Space::Objects, id.bytes());
        if self.remembered.is_some() {
            self.fetch_unless_summed(bucket)?;
            let expected = self.expected(bucket)?;
            let known = self.remembered.as_deref();
            if let Some(row) = known.and_then(|known| known.object(id.bytes(), expected)) {
                return Ok(row.clone());
            }
        }
        self.fetch(bucket.row(), bucket.space.range(bucket.bounds()))?;
        let mut sum = Sum::default();
        let mut found = None;
        // Every row is summed, not only the requested one: the sum covers the whole bucket.
        self.objects_between(bucket.bounds(), &mut |other, row, leaf| {
            sum.add(leaf);
            if other == *id.bytes() {
                found = Some(row);
            }
        })?;
        self.confirm(bucket, sum)?;
        if let Some(memory) = &mut self.remembered {
            memory.keep_object(*id.bytes(), sum, found.clone());
        }
        Ok(found)
    }

    /// Looks an index entry up in the table, with its whole bucket, which is verified.
    pub(super) fn look_up(&mut self, h: &IdxKey) -> Result<Option<RecordId>> {
        let bucket = Bucket::of(Space::Index, h);
        if self.remembered.is_some() {
            self.fetch_unless_summed(bucket)?;
            let expected = self.expected(bucket)?;
            let known = self.remembered.as_deref();
            if let Some(id) = known.and_then(|known| known.entry(h, expected)) {
                return Ok(*id);
            }
        }
        self.fetch(bucket.row(), bucket.space.range(bucket.bounds()))?;
        let mut sum = Sum::default();
        let mut found = None;
        self.entries_between(bucket.bounds(), &mut |other, id, leaf| {
            sum.add(leaf);
            if other == *h {
                found = Some(RecordId::from_bytes(id));
            }
        })?;
        self.confirm(bucket, sum)?;
        if let Some(memory) = &mut self.remembered {
            memory.keep_entry(*h, sum, found);
        }
        Ok(found)
    }

    /// What the rows of a bucket have to add up to.
    fn expected(&mut self, bucket: Bucket) -> Result<Sum> {
        Ok(self.sum_row(bucket.row())?.sums.sum(bucket.next))
    }

    /// Announces the next range to read, and manifest row `b` unless it is known, so that remote
    /// storage can return both in one round trip.
    fn fetch(&self, b: u16, range: Want) -> Result<()> {
        if self.knows_sums(b) {
            return Ok(self.tx.fetch(&[range])?);
        }
        Ok(self.tx.fetch(&[range, Want::Man(b)])?)
    }

    /// Announces a bucket together with its manifest row, if that has to be read anyway: what is
    /// remembered may turn out to be old.
    fn fetch_unless_summed(&self, bucket: Bucket) -> Result<()> {
        if self.knows_sums(bucket.row()) {
            return Ok(());
        }
        self.fetch(bucket.row(), bucket.space.range(bucket.bounds()))
    }

    /// As [`Self::fetch`], for all buckets of a manifest row.
    pub(super) fn fetch_all(&self, space: Space, top: u8) -> Result<()> {
        self.fetch(space.row(top), space.range(space.bounds(top)))
    }

    /// Returns the manifest row `b`, opened once and verified against the root.
    pub(in crate::barrier) fn sum_row(&mut self, b: u16) -> Result<&mut OpenRow> {
        match self.rows.entry(b) {
            Entry::Occupied(row) => Ok(row.into_mut()),
            Entry::Vacant(place) => {
                let total = self.root.sum(b);
                let known = self.remembered.as_deref();
                if let Some(sums) = known.and_then(|known| known.sums(b, total)) {
                    return Ok(place.insert(OpenRow::new(sums.clone(), true)));
                }
                let row = open_sum_row(&*self.tx, self.unlocked, &self.root, b)?;
                if let Some(memory) = &mut self.remembered {
                    memory.keep_sums(b, total, &row.sums);
                }
                Ok(place.insert(row))
            }
        }
    }

    /// Reads the rows of all buckets of a manifest row, verified.
    pub(super) fn objects_of(&mut self, top: u8) -> Result<Vec<(ObjId, Row)>> {
        let mut found = SumRow::empty();
        let mut rows = Vec::new();
        self.fetch_all(Space::Objects, top)?;
        self.objects_between(Space::Objects.bounds(top), &mut |id, row, leaf| {
            found.add(&id, leaf);
            rows.push((id, row));
        })?;
        self.confirm_all(Space::Objects, top, &found)?;
        Ok(rows)
    }

    /// Visits the record ids that the index entries of a manifest row name. The buckets are
    /// verified only once the call returns.
    pub(in crate::barrier) fn entries_of(
        &mut self,
        top: u8,
        visit: &mut dyn FnMut(ObjId),
    ) -> Result<()> {
        let mut found = SumRow::empty();
        self.fetch_all(Space::Index, top)?;
        self.entries_between(Space::Index.bounds(top), &mut |h, id, leaf| {
            found.add(&h, leaf);
            visit(id);
        })?;
        self.confirm_all(Space::Index, top, &found)
    }

    /// Verifies all buckets of a manifest row at once.
    pub(in crate::barrier) fn confirm_all(
        &mut self,
        space: Space,
        top: u8,
        found: &SumRow,
    ) -> Result<()> {
        let b = space.row(top);
        if found.is_zero() && self.root.sum(b).is_zero() && !self.rows.contains_key(&b) {
            return Ok(());
        }
        match self.sum_row(b)?.sums.differs(found) {
            None => Ok(()),
            Some(next) => Err(changed(Bucket { space, top, next })),
        }
    }

    pub(in crate::barrier) fn confirm(&mut self, bucket: Bucket, sum: Sum) -> Result<()> {
        let row = self.sum_row(bucket.row())?;
        if row.sums.sum(bucket.next) == sum {
            Ok(())
        } else {
            Err(changed(bucket))
        }
    }

    /// Visits objects with their leaves. The caller compares the sum.
    pub(in crate::barrier) fn objects_between(
        &self,
        (first, last): (ObjId, ObjId),
        visit: &mut dyn FnMut(ObjId, Row, Sum),
    ) -> Result<()> {
        let key = &self.unlocked.keys.manifest;
        let mut order = RowOrder::of("obj", self.root.objects, (first, last));
        self.tx.obj_range(&first, &last, &mut |id, row| {
            order.step(id)?;
            let leaf = object_leaf(key, &id, &row)?;
            visit(id, row, leaf);
            Ok(())
        })?;
        Ok(())
    }

    /// As [`Self::objects_between`], for index entries.
    pub(in crate::barrier) fn entries_between(
        &self,
        (first, last): (IdxKey, IdxKey),
        visit: &mut dyn FnMut(IdxKey, ObjId, Sum),
    ) -> Result<()> {
        let key = &self.unlocked.keys.manifest;
        let mut order = RowOrder::of("idx", self.root.entries, (first, last));
        self.tx.idx_range(&first, &last, &mut |h, id| {
            order.step(h)?;
            let leaf = index_leaf(key, &h, &id);
            visit(h, id, leaf);
            Ok(())
        })?;
        Ok(())
    }

    pub(in crate::barrier) fn open_object(
        &self,
        id: RecordId,
        row: &Row,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let bound = aad(
            Label::Obj,
            &self.unlocked.header.store,
            row.kid,
            *id.bytes(),
        );
        let opened = self
            .unlocked
            .keys
            .object(Some(row.kid))?
            .key
            .open(&bound, &row.sealed);
        opened.ok_or_else(|| Error::Integrity(format!("row `{id}` of `obj` was changed")))
    }
}

fn open_sum_row(tx: &dyn Transaction, unlocked: &Unlocked, root: &Root, b: u16) -> Result<OpenRow> {
    let row = match tx.man_get(b)? {
        None => OpenRow::new(SumRow::empty(), false),
        Some(row) => OpenRow::new(SumRow::decode(&unlocked.open_manifest(b, &row)?)?, true),
    };
    if row.sums.total() != root.sum(b) {
        return Err(Error::Integrity(format!(
            "row {b} of `man` is not the newest"
        )));
    }
    Ok(row)
}

/// The error for a bucket whose rows do not add up to its sum.
pub(super) fn changed(bucket: Bucket) -> Error {
    let table = bucket.space.table();
    let top = bucket.top;
    let next = bucket.next;
    Error::Integrity(format!(
        "rows {top:02x}{next:02x}… of `{table}` were changed, added or dropped"
    ))
}
