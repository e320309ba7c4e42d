//! Tombstones: records that have ended or are restricted, as remembered outside the store.
//!
//! `STATE/anchors/STORE_ID.revoked` has a header of 24 bytes and entries of 89 bytes, appended and
//! synced to disk before the change they describe is committed (`docs/file-format.md`). An entry
//! names its record by a keyed hash of the id, and has a MAC of its own. For each kind and record
//! the last entry counts, so that lifting a restriction is remembered as well.

mod entry;
mod file;
mod kind;
mod remembered;
mod tombstone;

pub(super) use file::TombstoneFile;
pub use remembered::{Remembered, Tombstones};
pub use tombstone::Tombstone;
