//! An open store: the checks before each transaction, and the bookkeeping after it.

mod copying;
mod deferred;
mod draft;
mod handle;
mod memory;
mod remembering;
mod transaction;
mod uses;
mod verified;

pub use copying::{Begun, Copying, Source};
pub use handle::Store;
pub use transaction::CLOCK_SLACK;
