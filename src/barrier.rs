//! The barrier: typed records in, opaque bytes out.
//!
//! Every row is sealed to the place where it lives, every index entry is a keyed hash, and a
//! two-level manifest of keyed sums says which rows there are, so that a row can be neither
//! changed, moved, replayed, added nor dropped (`docs/file-format.md`). Below it lies a
//! [`Backend`](crate::backend::Backend) that is trusted for nothing; beside it, outside the file,
//! an anchor that remembers the newest state this machine has seen.

mod admin;
mod anchor;
mod ascent;
mod check;
mod codec;
mod frame;
mod header;
mod index;
mod keyring;
mod keys;
mod log;
mod manifest;
mod opened;
mod place;
mod reader;
mod record;
pub mod recovery;
mod root;
pub mod secretfile;
mod slot;
mod standing;
mod state;
mod store;
mod stretch;
mod trail;
mod unlock;
mod writer;

pub use admin::{Acceptance, peek};
pub use anchor::{Remembered, Tombstone, Tombstones};
pub use check::{Census, Report};
pub use header::MAJOR as FORMAT;
pub use index::{List, Unique};
pub use keys::BoundCode;
pub use log::Details;
pub use opened::Founding;
pub use reader::Reader;
pub use record::Record;
pub use slot::{NewSlot, SlotId, SlotKind, SlotSummary};
pub use state::{Notice, State};
pub use store::{CLOCK_SLACK, Store};
pub use stretch::KdfLimits;
pub use unlock::{SlotSecret, Unlock};
pub use writer::Writer;

/// Names a store for as long as it lives: 16 random bytes, in the clear in its header.
pub type StoreId = [u8; 16];
