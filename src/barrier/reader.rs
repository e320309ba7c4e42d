//! Reading: nothing is returned that the manifest does not vouch for.

mod buckets;
mod facts;
mod macs;
mod scan;
mod snapshot;
mod staged;

pub use snapshot::Reader;
pub(super) use staged::{IndexChange, MOST_ENTRIES, Staged};
