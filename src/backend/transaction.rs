//! One transaction on the five tables.

use super::fault::Fault;
use super::row::{Counts, IdxKey, LogRow, ObjId, Row};

/// What a transaction may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A consistent snapshot.
    Read,
    /// The one writer (`BEGIN IMMEDIATE`), after waiting for another.
    Write,
    /// The one writer, or [`Fault::Busy`] at once.
    WriteIfFree,
}

/// What a transaction is about to read. Ranges are inclusive.
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
}

/// One transaction. Ranges are inclusive and ascending.
///
/// Objects and index entries are read as ranges only, because it is whole ranges that the barrier
/// compares with their sums: a row that was looked up by its key may be another than the one that a
/// range has at its place. No row is longer than [`LONGEST`](super::LONGEST), and the rows of one range are no longer
/// in sum than what the store takes up; what is, is [`Fault::Damaged`], whatever the file claims.
pub trait Transaction {
    /// Brings everything wanted at once, so that the reads that follow answer from it. Nothing is
    /// promised of it: what was not named is read all the same.
    ///
    /// It is for storage that is a network round trip away; any other does nothing.
    fn fetch(&self, _wants: &[Want]) -> Result<(), Fault> {
        Ok(())
    }
    /// Checks that the tables, and nothing else, are there, and that `hdr` and `man` hold no rows
    /// beyond those of the format.
    fn check_shape(&self) -> Result<(), Fault>;
    /// Row `k` of `hdr` (1 header, 2 keyring).
    fn hdr_get(&self, k: u8) -> Result<Option<Vec<u8>>, Fault>;
    /// Sets row `k` of `hdr`.
    fn hdr_put(&mut self, k: u8, v: &[u8]) -> Result<(), Fault>;
    /// Objects from `first` to `last`; stops when `visit` returns an error, which is handed on.
    fn obj_range(
        &self,
        first: &ObjId,
        last: &ObjId,
        visit: &mut dyn FnMut(ObjId, Row) -> Result<(), Fault>,
    ) -> Result<(), Fault>;
    /// Sets an object.
    fn obj_put(&mut self, id: &ObjId, row: &Row) -> Result<(), Fault>;
    /// Adds an object; one that is there already is a fault.
    fn obj_add(&mut self, id: &ObjId, row: &Row) -> Result<(), Fault>;
    /// Removes an object; an absent one is a fault.
    fn obj_del(&mut self, id: &ObjId) -> Result<(), Fault>;
    /// Index entries from `first` to `last`.
    fn idx_range(
        &self,
        first: &IdxKey,
        last: &IdxKey,
        visit: &mut dyn FnMut(IdxKey, ObjId) -> Result<(), Fault>,
    ) -> Result<(), Fault>;
    /// Sets an index entry.
    fn idx_put(&mut self, h: &IdxKey, id: &ObjId) -> Result<(), Fault>;
    /// Adds an index entry; one that is there already is a fault.
    fn idx_add(&mut self, h: &IdxKey, id: &ObjId) -> Result<(), Fault>;
    /// Removes an index entry; an absent one is a fault.
    fn idx_del(&mut self, h: &IdxKey) -> Result<(), Fault>;
    /// One manifest row (0 root, 1 to 256 objects, 257 to 512 index).
    fn man_get(&self, b: u16) -> Result<Option<Row>, Fault>;
    /// Sets a manifest row.
    fn man_put(&mut self, b: u16, row: &Row) -> Result<(), Fault>;
    /// Removes a manifest row; an absent one is a fault.
    fn man_del(&mut self, b: u16) -> Result<(), Fault>;
    /// Log rows from `first` to `last`.
    fn log_range(
        &self,
        first: u64,
        last: u64,
        visit: &mut dyn FnMut(LogRow) -> Result<(), Fault>,
    ) -> Result<(), Fault>;
    /// Lowest and highest sequence number in `log`; `None` when it is empty.
    fn log_bounds(&self) -> Result<Option<(u64, u64)>, Fault>;
    /// Adds a log row; one that is there already is a fault.
    fn log_put(&mut self, row: &LogRow) -> Result<(), Fault>;
    /// Removes log rows up to and including `last`.
    fn log_prune(&mut self, last: u64) -> Result<(), Fault>;
    /// Number of rows in each table, counted up to `most`: a damaged tree may have no end.
    fn counts(&self, most: u64) -> Result<Counts, Fault>;
    /// Makes the changes durable.
    fn commit(self: Box<Self>) -> Result<(), Fault>;
}
