//! Storage: five tables of opaque bytes (`docs/file-format.md`); a database has a sixth, of last uses.
//!
//! Nothing here knows what a profile or a token is. A backend provides ordering and atomicity; the
//! barrier provides integrity.

#[cfg(any(test, feature = "testing"))]
pub mod conformance;
mod contract;
mod copy;
mod facts;
mod fault;
pub mod location;
#[cfg(any(test, feature = "testing", feature = "postgres"))]
pub mod memory;
pub mod options;
#[cfg(feature = "postgres")]
pub mod postgres;
mod row;
pub mod sqlite;
pub mod traffic;
mod transaction;
mod uses;

pub use contract::{Backend, Claim, FileStore, Observed, Version, Watch};
pub use copy::{Placement, Progress, Target};
pub use facts::DatabaseFacts;
pub use fault::Fault;
pub use row::{Counts, IdxKey, LONGEST, LogRow, ObjId, Row};
pub use transaction::{Mode, Transaction, Want};
pub use uses::{FoundUses, Merge, Uses};
