//! Tombstones: what this machine knows to have ended or to be restricted, outside the store.
//!
//! `STATE/anchors/STORE_ID.revoked` is a head of 24 bytes and entries of 89 bytes, appended and
//! forced to disk before the change that they tell of is committed (`docs/file-format.md`). A record
//! is named by a keyed hash of its id, and each entry has a MAC of its own. Of one kind and one record
//! the last entry counts, so that what was lifted is remembered as well.

mod entry;
mod file;
mod kind;
mod remembered;
mod tombstone;

pub(super) use file::TombstoneFile;
pub use remembered::{Remembered, Tombstones};
pub use tombstone::Tombstone;
