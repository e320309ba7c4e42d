//! An open store: what stands before each transaction, and after it.

mod draft;
mod handle;
mod memory;
mod transaction;

pub use handle::Store;
pub use transaction::CLOCK_SLACK;
