//! Where sealed bytes are kept: five tables of opaque bytes (`docs/file-format.md`).
//!
//! Nothing here knows what a profile or a token is. A backend keeps order and atomicity; truth is
//! the barrier's business.

use std::any::Any;
use std::io;
use std::path::{Path, PathBuf};

use self::options::OpenOptions;
use crate::files::trust::Distrust;
use crate::kind::Kind;

#[cfg(any(test, feature = "testing"))]
pub mod conformance;
#[cfg(any(test, feature = "testing"))]
pub mod memory;
pub mod options;
pub mod sqlite;

/// A sealed row of `obj` or `man`: the key that sealed it and the sealed bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Key id.
    pub kid: u32,
    /// Nonce, ciphertext and tag.
    pub sealed: Vec<u8>,
}

/// A row of `log`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// Position in the chain, from 1.
    pub seq: u64,
    /// The sealed entry.
    pub row: Row,
}

/// The longest value of a row: a frame of 1 MiB, its nonce and its tag.
pub const LONGEST: usize = (1 << 20) + 40;

/// Key of `obj`.
pub type ObjId = [u8; 16];
/// Key of `idx`: a keyed hash.
pub type IdxKey = [u8; 16];

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

/// A place that keeps the five tables.
pub trait Backend: Send {
    /// Starts a transaction; dropping it without [`Transaction::commit`] undoes it.
    fn begin(&mut self, mode: Mode) -> Result<Box<dyn Transaction + '_>, Fault>;

    /// Whether the storage allows writing at all.
    fn writable(&self) -> bool;

    /// Raises the cache for bulk work, or puts it back.
    fn bulk(&mut self, on: bool) -> Result<(), Fault>;

    /// Keeps others from work on all of the store for as long as the claim lives; [`Fault::Busy`] if
    /// somebody is at it. It stops no transaction.
    fn claim(&mut self) -> Result<Claim, Fault>;

    /// Moves everything committed into the main file, so that neither an old row nor an old header
    /// lingers in a journal. What another process still reads stays where it is until it is done.
    fn checkpoint(&mut self) -> Result<(), Fault>;

    /// Gives back the space of removed rows and rewrites the file, then does as
    /// [`Backend::checkpoint`].
    fn compact(&mut self) -> Result<(), Fault>;

    /// Copies everything, as of now, into a draft: a store nobody sees until
    /// [`Backend::publish`]. It can be opened, checked and changed; dropping it removes it.
    fn copy_to(
        &mut self,
        target: &Target<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Box<dyn Backend>, Fault>;

    /// Puts a draft in its place, durably and whole, and opens it there. A store that is no draft
    /// comes back as it was.
    fn publish(self: Box<Self>) -> Result<Box<dyn Backend>, Fault>;
}

/// Says to others that somebody is at work on all of a store. It ends with the process at the latest.
pub struct Claim(#[expect(dead_code, reason = "it is what is held that counts")] Box<dyn Any>);

/// Where a copy goes.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The file.
    pub path: &'a Path,
    /// Whether one may be there already.
    pub placement: Placement,
    /// How it is made, and opened once it is in place.
    pub options: &'a OpenOptions,
}

/// What becomes of a store that stands where a draft goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// None may be there: [`Fault::Exists`].
    New,
    /// It is replaced; while another process has it open, [`Fault::Busy`].
    Replace,
}

/// How far a copy is, in pages or rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Copied so far.
    pub done: u64,
    /// In all.
    pub total: u64,
}

/// How many rows each table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Header and keyring.
    pub hdr: u64,
    /// Objects.
    pub obj: u64,
    /// Index entries.
    pub idx: u64,
    /// Manifest rows.
    pub man: u64,
    /// Log rows.
    pub log: u64,
}

/// One transaction. Ranges are inclusive and ascending.
///
/// Objects and index entries are read as ranges only, because it is whole ranges that the barrier
/// compares with their sums: a row that was looked up by its key may be another than the one that a
/// range has at its place. No row is longer than [`LONGEST`], and the rows of one range are no longer
/// in sum than what the store takes up; what is, is [`Fault::Damaged`], whatever the file claims.
pub trait Transaction {
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

/// What storage says when it cannot do as told. A fault leaves the store as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// Another writer holds the store.
    #[error("the store is busy")]
    Busy,
    /// Nothing can be written here.
    #[error("the store cannot be written: {0}")]
    ReadOnly(String),
    /// Disk full, quota, file-size limit, I/O error.
    #[error("the storage failed: {0}")]
    Storage(String),
    /// Not a store, truncated, or of another shape.
    #[error("not a hallpass store, or corrupt: {0}")]
    Corrupt(String),
    /// Rows that an honest store of its size cannot hold.
    #[error("the store is damaged or was changed from outside: {0}")]
    Damaged(String),
    /// Written by a newer hallpass.
    #[error("the store was written by a newer hallpass: {0}")]
    NewerFormat(String),
    /// Owner, mode, kind or place of a file would let others in.
    #[error("`{}` {problem}", path.display())]
    UnsafeFile {
        /// Which file or folder.
        path: PathBuf,
        /// What is wrong with it, after its name: "is readable by others".
        problem: String,
        /// A command that mends it.
        fix: Option<String>,
    },
    /// No store there.
    #[error("no store at `{}`", .0.display())]
    Missing(PathBuf),
    /// A store is there already.
    #[error("a store already exists at `{}`", .0.display())]
    Exists(PathBuf),
    /// The `SQLite` library is unsuitable.
    #[error("unsuitable SQLite: {0}")]
    Sqlite(String),
    /// A file beside the store.
    #[error("`{}`", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Fault {
    /// Which coarse sort this is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Busy => Kind::Busy,
            Self::ReadOnly(_) => Kind::ReadOnly,
            Self::Storage(_) | Self::File { .. } => Kind::Storage,
            Self::Corrupt(_) => Kind::Corrupt,
            Self::Damaged(_) => Kind::Integrity,
            Self::NewerFormat(_) => Kind::NewerFormat,
            Self::UnsafeFile { .. } => Kind::UnsafeFile,
            Self::Missing(_) => Kind::NotFound,
            Self::Exists(_) => Kind::Exists,
            Self::Sqlite(_) => Kind::Engine,
        }
    }
}

impl From<Distrust> for Fault {
    fn from(distrust: Distrust) -> Self {
        match distrust {
            Distrust::Unsafe { path, problem, fix } => {
                Self::UnsafeFile { path, problem: problem.to_string(), fix }
            }
            Distrust::Failed { path, source } => Self::File { path, source },
        }
    }
}
