//! Copying a store into other storage, sealed row by sealed row, and leaving the source behind.
//!
//! The target gets its header, its manifest and its root in the transaction that finishes the copy.
//! Until then nothing opens it, and a copy that was interrupted goes on where it ended.

mod leaving;
mod passes;
mod run;
mod snapshot;
mod target;
mod terms;
mod uses;
mod writing;

pub use terms::{Begun, Copying, Source};
