//! Reading: everything returned is verified against the manifest.

mod announce;
mod buckets;
mod changes;
mod facts;
mod known_uses;
mod macs;
mod remembered;
mod scan;
mod snapshot;
mod staged;
mod token_keys;
mod uses;

pub(super) use announce::Announced;
pub use announce::Lookup;
pub use changes::{BucketRecords, SeenObjects, SomeRecord};
pub(super) use remembered::Remembered;
pub use snapshot::Reader;
pub(super) use staged::{IndexChange, MAX_ENTRIES, Staged};
pub use token_keys::TokenKeys;
pub(super) use uses::last_use;
