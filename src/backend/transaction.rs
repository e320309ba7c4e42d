//! The interface of a transaction.

use super::fault::Fault;
use super::row::{Counts, IdxKey, LogRow, ObjId, Row};

/// The access mode of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A consistent snapshot.
    Read,
    /// The single writer (`BEGIN IMMEDIATE`), after waiting for another.
    Write,
    /// The single writer, or [`Fault::Busy`] at once.
    WriteIfFree,
}

/// A read that is about to happen. Ranges are inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// A row of `hdr`.
    Hdr(u8),
    /// A row of `man`.
    Man(u16),
    /// The objects from one id to another.
    Objects(ObjId, ObjId),
    /// The index entries from one key to another.
    Index(IdxKey, IdxKey),
    /// The log rows from one number to another.
    Log(u64, u64),
    /// What the record is read with that an index entry names, if there is one: the objects whose ids
    /// start with the same two bytes, and the row of `man` of the first byte.
    Named(IdxKey),
}

/// One transaction. Ranges are inclusive and ascending.
///
/// Objects and index entries are read as ranges only, because the barrier compares whole ranges
/// with their sums: in a damaged file, a look-up by key may return another row than a range read
/// does. No row is longer than [`LONGEST`](super::LONGEST), and the rows of one range are together
/// no longer than the store; anything else is [`Fault::Damaged`], whatever the file claims.
///
/// Every method returns the errors of the storage, and [`Fault::ReadOnly`] for a change in a reading
/// transaction.
#[expect(
    clippy::missing_errors_doc,
    reason = "the trait's own words hold for each of them"
)]
pub trait Transaction {
    /// Prefetches everything in `wants`, so that the following reads are answered from memory. Only
    /// an optimization: other reads work as well.
    ///
    /// For storage that is a network round trip away; others do nothing, and say so by
    /// [`fetches`](Self::fetches).
    fn fetch(&self, _wants: &[Want]) -> Result<(), Fault> {
        Ok(())
    }
    /// Whether [`fetch`](Self::fetch) does anything.
    fn fetches(&self) -> bool {
        false
    }
    /// Checks that the five tables exist and nothing else, and that `hdr` and `man` have no rows
    /// outside the format.
    fn check_shape(&self) -> Result<(), Fault>;
    /// Row `k` of `hdr` (1 header, 2 keyring).
    fn hdr_get(&self, k: u8) -> Result<Option<Vec<u8>>, Fault>;
    /// Sets row `k` of `hdr`.
    fn hdr_put(&mut self, k: u8, v: &[u8]) -> Result<(), Fault>;
    /// Visits objects from `first` to `last`; stops at the first error of `visit` and returns it.
    fn obj_range(
        &self,
        first: &ObjId,
        last: &ObjId,
        visit: &mut dyn FnMut(ObjId, Row) -> Result<(), Fault>,
    ) -> Result<(), Fault>;
    /// Sets an object.
    fn obj_put(&mut self, id: &ObjId, row: &Row) -> Result<(), Fault>;
    /// Adds an object; one that exists is a fault.
    fn obj_add(&mut self, id: &ObjId, row: &Row) -> Result<(), Fault>;
    /// Removes an object, and its last use; an absent object is a fault.
    fn obj_del(&mut self, id: &ObjId) -> Result<(), Fault>;
    /// Visits index entries from `first` to `last`.
    fn idx_range(
        &self,
        first: &IdxKey,
        last: &IdxKey,
        visit: &mut dyn FnMut(IdxKey, ObjId) -> Result<(), Fault>,
    ) -> Result<(), Fault>;
    /// Sets an index entry.
    fn idx_put(&mut self, h: &IdxKey, id: &ObjId) -> Result<(), Fault>;
    /// Adds an index entry; one that exists is a fault.
    fn idx_add(&mut self, h: &IdxKey, id: &ObjId) -> Result<(), Fault>;
    /// Removes an index entry; an absent one is a fault.
    fn idx_del(&mut self, h: &IdxKey) -> Result<(), Fault>;
    /// Reads a manifest row (0 root, 1 to 256 objects, 257 to 512 index).
    fn man_get(&self, b: u16) -> Result<Option<Row>, Fault>;
    /// Sets a manifest row.
    fn man_put(&mut self, b: u16, row: &Row) -> Result<(), Fault>;
    /// Removes a manifest row; an absent one is a fault.
    fn man_del(&mut self, b: u16) -> Result<(), Fault>;
    /// Visits log rows from `first` to `last`.
    fn log_range(
        &self,
        first: u64,
        last: u64,
        visit: &mut dyn FnMut(LogRow) -> Result<(), Fault>,
    ) -> Result<(), Fault>;
    /// The lowest and highest sequence number in `log`; `None` when it is empty.
    fn log_bounds(&self) -> Result<Option<(u64, u64)>, Fault>;
    /// Adds a log row; one that exists is a fault.
    fn log_put(&mut self, row: &LogRow) -> Result<(), Fault>;
    /// Removes log rows up to and including `last`.
    fn log_prune(&mut self, last: u64) -> Result<(), Fault>;
    /// Visits last uses, by object, from `first` to `last`. There are none where each object keeps its own
    /// ([`Backend::uses`](super::Backend::uses)). Rows of another form are left out.
    fn use_range(
        &self,
        _first: &ObjId,
        _last: &ObjId,
        _visit: &mut dyn FnMut(ObjId, Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        Ok(())
    }
    /// Visits the last uses of these objects, in any order.
    fn uses_of(
        &self,
        _ids: &[ObjId],
        _visit: &mut dyn FnMut(ObjId, Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        Ok(())
    }
    /// Counts the rows of each table, up to `most`: a damaged tree may be endless.
    fn counts(&self, most: u64) -> Result<Counts, Fault>;
    /// Commits the changes durably.
    fn commit(self: Box<Self>) -> Result<(), Fault>;
}
