//! The anchor: the newest epoch that this machine has seen of a store, kept outside the store.
//!
//! `STATE/anchors/STORE_ID` has two slots, at offsets 0 and 4096. They are written in place and in
//! turn, only ever with a greater epoch; the newest slot that authenticates is the current one. The
//! file and its folder are synced to disk when the anchor is created. Later writes are not synced,
//! because an anchor that lost its last update in a power failure is older, but still true.
//!
//! A third slot, at 8192, announces a new history before it begins. Otherwise a restore or an
//! acceptance that is killed between its commit and the anchor update would leave a store that is
//! refused. The announcement is valid for exactly that state, and only until the store changes
//! again.

mod adoption;
mod files;
pub(super) mod freshness;
mod mark;
mod state;
mod tombstones;
mod whole;

pub use adoption::Adoption;
pub(super) use files::Anchor;
pub(super) use mark::{Mark, announced, newest};
pub use state::{Notice, State};
pub use tombstones::{Remembered, Tombstone, Tombstones};
