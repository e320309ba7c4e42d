//! The barrier: typed records in, opaque bytes out.
//!
//! The encryption barrier (`HashiCorp` Vault's term): everything below it sees ciphertext only. Every
//! row is sealed under an AAD that names its table and id, every index entry is a keyed hash, and a
//! two-level manifest of keyed sums covers all rows, so that no row can be changed, moved,
//! replayed, added or dropped unnoticed (`docs/file-format.md`). The
//! [`Backend`](crate::backend::Backend) underneath is not trusted. An anchor outside the file
//! records the newest state that this machine has seen.

mod admin;
mod anchor;
mod check;
mod log;
mod reader;
mod rows;
mod schema;
mod store;
mod store_id;
mod unlocking;
mod writer;

pub use admin::{Acceptance, peek};
pub use anchor::{Adoption, Notice, Remembered, State, Tombstone, Tombstones};
pub use check::{Census, Report};
pub use log::chain::Details;
pub use reader::{BucketRecords, Lookup, Reader, SeenObjects, SomeRecord, TokenKeys};
pub use rows::record::Record;
pub use schema::index::{List, Unique};
pub use schema::key_uses::BoundCode;
pub use store::{Begun, CLOCK_SLACK, Copying, Source, Store};
pub use store_id::StoreId;
pub use unlocking::header::MAJOR as FORMAT;
pub use unlocking::passphrase::KdfLimits;
pub use unlocking::secret::{SlotSecret, Unlock};
pub use unlocking::slot::{NewSlot, SlotId, SlotKind, SlotSummary};
pub use unlocking::unlocked::NewStore;
pub use unlocking::{key_file, recovery};
pub use writer::Writer;

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::renew_keys;
