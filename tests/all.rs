//! One test binary: a module for each noun and each promise.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod backend;
mod cli;
mod format;
mod generated;
mod load;
mod mail;
mod model;
mod open;
mod ops;
mod primitives;
mod promises;
mod scan;
mod seal;
mod support;
mod words;
