//! The anchor: what this machine remembers of a store, outside of it.
//!
//! `STATE/anchors/STORE_ID` holds two slots at offsets 0 and 4096, written in turn and in place, only
//! ever with a greater epoch; the newest slot that authenticates counts. It is made whole and forced
//! to disk with its folder before it counts; later writes are not forced, because an anchor that a
//! power cut made older is still a true one.
//!
//! A third slot, at 8192, announces a new history before it begins: a restore or an acceptance that
//! is killed between its commit and the anchor would otherwise leave a store that is refused. It
//! counts for exactly that state, and for no longer than until the next change of the store.

mod files;
pub(super) mod freshness;
mod mark;
mod state;
mod tombstones;
mod whole;

pub(super) use files::Anchor;
pub(super) use mark::{Mark, announced, newest};
pub use state::{Notice, State};
pub use tombstones::{Remembered, Tombstone, Tombstones};
