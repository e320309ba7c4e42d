//! Buckets: what is used is what was compared with its sum, in the same reading.

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
    /// The sealed row of an object, taken from the rows of its bucket, which are whole.
    ///
    /// It is read with them each time. A row that was read again, by itself, would be another reading
    /// of a file that nothing vouches for.
    pub(in crate::barrier) fn object(&mut self, id: RecordId) -> Result<Option<Row>> {
        let bucket = Bucket::of(Space::Objects, id.bytes());
        self.fetch(bucket.row(), bucket.space.range(bucket.bounds()))?;
        let mut sum = Sum::default();
        let mut found = None;
        // What is not asked for is summed all the same: the sum is that of the whole bucket.
        self.objects_between(bucket.bounds(), &mut |other, row, leaf| {
            sum.add(leaf);
            if other == *id.bytes() {
                found = Some(row);
            }
        })?;
        self.confirm(bucket, sum)?;
        Ok(found)
    }

    /// The record that an index entry names in the table; the bucket of the entry is whole.
    pub(super) fn look_up(&mut self, h: &IdxKey) -> Result<Option<RecordId>> {
        let bucket = Bucket::of(Space::Index, h);
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
        Ok(found)
    }

    /// Says that a range of rows is read next, and the manifest row `b` with it unless it is open: both
    /// come at once from a storage that is far away.
    fn fetch(&self, b: u16, range: Want) -> Result<()> {
        if self.rows.contains_key(&b) {
            return Ok(self.tx.fetch(&[range])?);
        }
        Ok(self.tx.fetch(&[range, Want::Man(b)])?)
    }

    /// As [`Self::fetch`], of all buckets of a manifest row.
    fn fetch_all(&self, space: Space, top: u8) -> Result<()> {
        self.fetch(space.row(top), space.range(space.bounds(top)))
    }

    /// The manifest row `b`, opened once; it fits the root.
    pub(in crate::barrier) fn sum_row(&mut self, b: u16) -> Result<&mut OpenRow> {
        match self.rows.entry(b) {
            Entry::Occupied(row) => Ok(row.into_mut()),
            Entry::Vacant(place) => {
                Ok(place.insert(open_sum_row(&*self.tx, self.unlocked, &self.root, b)?))
            }
        }
    }

    /// The rows of all buckets of a manifest row, which are whole.
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

    /// Visits where the index entries of all buckets of a manifest row lead. They are whole, but
    /// that is known at the end only.
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

    /// All buckets of a manifest row at once.
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

    /// Visits objects with their leaves. What they come to is for the caller to compare.
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

    /// As [`Self::objects_between`], of index entries.
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

fn changed(bucket: Bucket) -> Error {
    let table = bucket.space.table();
    let top = bucket.top;
    let next = bucket.next;
    Error::Integrity(format!(
        "rows {top:02x}{next:02x}… of `{table}` were changed, added or dropped"
    ))
}
