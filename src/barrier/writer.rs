//! Writing: one transaction, its audit rows, and the manifest that vouches for both.

mod change;
mod originals;
mod proof;
mod sealing;

pub use change::Writer;
