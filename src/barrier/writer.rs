//! Writing: one transaction with its audit rows, and the manifest that covers both.

mod announce;
mod audit;
mod change;
mod comparison;
mod history;
mod index;
mod lists;
mod originals;
mod proof;
mod sealing;

pub use change::Writer;
