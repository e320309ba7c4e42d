//! Reading: nothing is returned that the manifest does not vouch for.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use zeroize::Zeroizing;

use crate::backend::{IdxKey, ObjId, Row, Transaction};
use crate::barrier::rows::aad::aad;
use crate::barrier::rows::frame;
use crate::barrier::rows::manifest::{
    Bucket, OpenRow, Space, Sum, SumRow, index_leaf, object_leaf,
};
use crate::barrier::rows::order::Ascent;
use crate::barrier::rows::record::{self, Record};
use crate::barrier::rows::root::Root;
use crate::barrier::schema::index::{Indexer, List, Unique};
use crate::barrier::unlocking::keys::BoundCode;
use crate::barrier::unlocking::unlocked::Unlocked;
use crate::crypto::Key;
use crate::crypto::{Label, Tag};
use crate::error::{Error, Result};
use crate::model::id::RecordId;

/// A consistent view of the store.
pub struct Reader<'a> {
    pub(in crate::barrier) tx: Box<dyn Transaction + 'a>,
    pub(in crate::barrier) unlocked: &'a Unlocked,
    pub(in crate::barrier) root: Root,
    /// Manifest rows that were opened, by number.
    pub(in crate::barrier) rows: BTreeMap<u16, OpenRow>,
    /// Objects that a writer has not sealed yet.
    pub(in crate::barrier) staged: BTreeMap<RecordId, Staged>,
    /// Index entries that were looked up, and where a writer lets them lead.
    pub(in crate::barrier) entries: BTreeMap<IdxKey, IndexChange>,
}

/// Where an index entry leads, if anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::barrier) struct IndexChange {
    /// In the table.
    pub(in crate::barrier) old: Option<RecordId>,
    /// In the end.
    pub(in crate::barrier) new: Option<RecordId>,
}

/// The most index entries kept in memory: some 5 MiB.
pub(in crate::barrier) const MOST_ENTRIES: usize = 1 << 16;

/// An object as a writer left it.
pub(in crate::barrier) struct Staged {
    /// The leaf of the row that is in the table now, if one is.
    pub(in crate::barrier) old: Option<Sum>,
    /// Kind and body; `None` to remove it.
    pub(in crate::barrier) new: Option<(u16, Zeroizing<Vec<u8>>)>,
}

impl<'a> Reader<'a> {
    pub(in crate::barrier) fn new(
        tx: Box<dyn Transaction + 'a>,
        unlocked: &'a Unlocked,
        root: Root,
    ) -> Self {
        let (rows, staged, entries) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { tx, unlocked, root, rows, staged, entries }
    }

    /// The record with that id, if there is one.
    pub fn get<R: Record>(&mut self, id: RecordId) -> Result<Option<R>> {
        if let Some(staged) = self.staged.get(&id) {
            let body = staged.new.as_ref();
            return body.map(|(kind, body)| read::<R>(*kind, body)).transpose();
        }
        let Some(row) = self.object(id)? else { return Ok(None) };
        let frame = self.open_object(id, &row)?;
        let (kind, body) = frame::unwrap(&frame)?;
        read(kind, body).map(Some)
    }

    /// The record with that id, which another record or an index entry names.
    pub fn require<R: Record>(&mut self, id: RecordId) -> Result<R> {
        let missing = || Error::Integrity(format!("{} `{id}` is missing", R::NOUN));
        self.get(id)?.ok_or_else(missing)
    }

    /// The record that has something to itself.
    pub fn find(&mut self, what: Unique<'_>) -> Result<Option<RecordId>> {
        let h = self.indexer().unique(what);
        self.entry(&h)
    }

    /// Entry `n` of a list that has more than `n`.
    pub fn at(&mut self, list: List, n: u64) -> Result<RecordId> {
        let missing = || Error::Integrity(format!("entry {n} of a list is missing"));
        self.find_at(list, n)?.ok_or_else(missing)
    }

    /// Entry `n` of a list, if it is that long.
    pub fn find_at(&mut self, list: List, n: u64) -> Result<Option<RecordId>> {
        let h = self.indexer().numbered(list, n);
        self.entry(&h)
    }

    /// How long one of the store's own lists is.
    pub fn count(&self, list: List) -> Result<u64> {
        self.root.count(list).ok_or(Error::Bug("a record counts this list"))
    }

    /// Every record of one kind, in no order that means anything. Rows are shown only when their
    /// bucket has been found whole; damage ends it.
    pub fn scan<R: Record>(
        &mut self,
        visit: &mut dyn FnMut(RecordId, R) -> Result<()>,
    ) -> Result<()> {
        self.scan_frames(&mut |id, frame| {
            let (kind, body) = frame::unwrap(frame)?;
            if kind == R::KIND {
                visit(id, record::decode(body)?)?;
            }
            Ok(())
        })
    }

    /// The records of one kind whose id starts with `part`: a 256th of the store, found whole. Unlike
    /// in a [`Self::scan`], others can be read in between.
    pub fn part<R: Record>(&mut self, part: u8) -> Result<Vec<(RecordId, R)>> {
        let mut records = Vec::new();
        self.part_frames(part, &mut |id, frame| {
            let (kind, body) = frame::unwrap(frame)?;
            if kind == R::KIND {
                records.push((id, record::decode(body)?));
            }
            Ok(())
        })?;
        Ok(records)
    }

    /// The MAC of a token's 32 bytes, under key `kid` or the active one, and that key's id.
    pub fn token_mac(&self, kid: Option<u32>, bytes: &[u8; 32]) -> Result<(u32, Tag)> {
        self.unlocked.keys.token_mac(kid, &self.unlocked.header.store, bytes)
    }

    /// The MAC of a verification code, under key `kid` or the active one, and that key's id.
    pub fn code_mac(&self, kid: Option<u32>, code: &BoundCode<'_>) -> Result<(u32, Tag)> {
        self.unlocked.keys.code_mac(kid, &self.unlocked.header.store, code)
    }

    /// As [`Self::token_mac`], of the SHA-256 of a token that another system made.
    pub fn import_mac(&self, kid: Option<u32>, digest: &[u8; 32]) -> Result<(u32, Tag)> {
        self.unlocked.keys.import_mac(kid, &self.unlocked.header.store, digest)
    }

    /// The MAC of a password that was made for a profile, and its key's id.
    pub fn generated_mac(
        &self,
        kid: Option<u32>,
        profile: &RecordId,
        password: &str,
    ) -> Result<(u32, Tag)> {
        let store = &self.unlocked.header.store;
        self.unlocked.keys.generated_mac(kid, store, profile, password)
    }

    /// The pepper of passwords, under `kid` or the active one, and its id.
    pub fn pepper(&self, kid: Option<u32>) -> Result<(u32, &Key)> {
        self.unlocked.keys.pepper(kid)
    }

    pub(in crate::barrier) fn indexer(&self) -> Indexer<'_> {
        Indexer { key: &self.unlocked.keys.index, store: &self.unlocked.header.store }
    }

    /// The sealed row of an object, taken from the rows of its bucket, which are whole.
    ///
    /// It is read with them each time. A row that was read again, by itself, would be another reading
    /// of a file that nothing vouches for.
    pub(in crate::barrier) fn object(&mut self, id: RecordId) -> Result<Option<Row>> {
        let bucket = Bucket::of(Space::Objects, id.bytes());
        let (mut sum, mut found) = (Sum::default(), None);
        self.objects_between(bucket.bounds(), &mut |other, row, leaf| {
            sum.add(leaf);
            if other == *id.bytes() {
                found = Some(row);
            }
        })?;
        self.confirm(bucket, sum)?;
        Ok(found)
    }

    /// Where an index entry leads; its bucket is whole.
    pub(in crate::barrier) fn entry(&mut self, h: &IdxKey) -> Result<Option<RecordId>> {
        if let Some(lead) = self.entries.get(h) {
            return Ok(lead.new);
        }
        let found = self.look_up(h)?;
        if self.entries.len() < MOST_ENTRIES {
            self.entries.insert(*h, IndexChange { old: found, new: found });
        }
        Ok(found)
    }

    fn look_up(&mut self, h: &IdxKey) -> Result<Option<RecordId>> {
        let bucket = Bucket::of(Space::Index, h);
        let (mut sum, mut found) = (Sum::default(), None);
        self.entries_between(bucket.bounds(), &mut |other, id, leaf| {
            sum.add(leaf);
            if other == *h {
                found = Some(RecordId::from_bytes(id));
            }
        })?;
        self.confirm(bucket, sum)?;
        Ok(found)
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
    fn objects_of(&mut self, top: u8) -> Result<Vec<(ObjId, Row)>> {
        let (mut found, mut rows) = (SumRow::empty(), Vec::new());
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
        if row.sums.sum(bucket.next) == sum { Ok(()) } else { Err(changed(bucket)) }
    }

    /// Visits objects with their leaves. What they come to is for the caller to compare.
    pub(in crate::barrier) fn objects_between(
        &self,
        (first, last): (ObjId, ObjId),
        visit: &mut dyn FnMut(ObjId, Row, Sum),
    ) -> Result<()> {
        let key = &self.unlocked.keys.manifest;
        let mut ascent = Ascent::of("obj", self.root.objects, (first, last));
        self.tx.obj_range(&first, &last, &mut |id, row| {
            ascent.step(id)?;
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
        let mut ascent = Ascent::of("idx", self.root.entries, (first, last));
        self.tx.idx_range(&first, &last, &mut |h, id| {
            ascent.step(h)?;
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
        let bound = aad(Label::Obj, &self.unlocked.header.store, row.kid, *id.bytes());
        let opened = self.unlocked.keys.object(Some(row.kid))?.key.open(&bound, &row.sealed);
        opened.ok_or_else(|| Error::Integrity(format!("row `{id}` of `obj` was changed")))
    }

    /// Every object, opened, a manifest row's worth at a time.
    pub(in crate::barrier) fn scan_frames(
        &mut self,
        visit: &mut dyn FnMut(RecordId, &[u8]) -> Result<()>,
    ) -> Result<()> {
        (0..=255).try_for_each(|top| self.part_frames(top, visit))
    }

    fn part_frames(
        &mut self,
        top: u8,
        visit: &mut dyn FnMut(RecordId, &[u8]) -> Result<()>,
    ) -> Result<()> {
        if !self.staged.is_empty() {
            return Err(Error::Bug("a scan would not see what this transaction has changed"));
        }
        let rows = self.objects_of(top)?;
        for (id, row) in &rows {
            let id = RecordId::from_bytes(*id);
            let frame = self.open_object(id, row)?;
            visit(id, &frame)?;
        }
        Ok(())
    }
}

fn open_sum_row(tx: &dyn Transaction, unlocked: &Unlocked, root: &Root, b: u16) -> Result<OpenRow> {
    let row = match tx.man_get(b)? {
        None => OpenRow::new(SumRow::empty(), false),
        Some(row) => OpenRow::new(SumRow::decode(&unlocked.open_manifest(b, &row)?)?, true),
    };
    if row.sums.total() != root.sum(b) {
        return Err(Error::Integrity(format!("row {b} of `man` is not the newest")));
    }
    Ok(row)
}

fn changed(bucket: Bucket) -> Error {
    let (table, top, next) = (bucket.space.table(), bucket.top, bucket.next);
    Error::Integrity(format!(
        "rows {top:02x}{next:02x}… of `{table}` were changed, added or dropped"
    ))
}

fn read<R: Record>(kind: u16, body: &[u8]) -> Result<R> {
    if kind != R::KIND {
        return Err(Error::Integrity(format!("a record is not a {}", R::NOUN)));
    }
    record::decode(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::profile::{Address, Profile};

    #[test]
    fn a_record_cannot_pose_as_one_of_another_kind() {
        let address =
            Address { address: "a@example.org".to_owned(), profiles: 1, mailed: Vec::new() };
        let body = record::encode(&address).unwrap();
        assert!(read::<Address>(Address::KIND, &body).is_ok());
        assert!(matches!(read::<Address>(Profile::KIND, &body), Err(Error::Integrity(_))));
    }
}
