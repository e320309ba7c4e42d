//! Verdicts from memory: everything that a verdict depends on, as of one epoch of the store.
//!
//! A [`Memory`] follows the store: it reads the buckets that changed since, each verified, and makes
//! a [`Snapshot`] of what it has then. A snapshot never changes, so that one verdict is made of one
//! epoch, and threads share it without locks. Snapshots share all that did not change between them.
//!
//! The rule is that of every verdict ([`crate::model::verdict`]); only where the facts come from is
//! different.

mod decoded;
mod grid;
mod handles;
mod judge;
mod memory;
mod names;
mod occupied;
mod packed;
mod referent;
mod table;

pub use judge::Snapshot;
pub use memory::Memory;
