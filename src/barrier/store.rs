//! An open store: the checks before each transaction, and the bookkeeping after it.

mod draft;
mod handle;
mod memory;
mod transaction;

pub use handle::Store;
pub use transaction::CLOCK_SLACK;
