//! Reading: nothing is returned that the manifest does not vouch for.

mod facts;
mod snapshot;

pub use snapshot::Reader;
pub(super) use snapshot::{IndexChange, MOST_ENTRIES, Staged};
