//! The audit log: listed, followed, proven, exported.

mod filter;
mod read;
mod record;
mod verify;

pub use filter::{ActionFilter, Choice, Filter, ProfileRef, choose};
pub use read::{Beginning, Head, Show, after, all, export, head, last};
pub use record::LogRecord;
pub use verify::{Proof, verify};
