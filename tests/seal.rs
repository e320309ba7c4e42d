//! The barrier against whoever can write the file: damage is found, and nothing else is answered.
//!
//! Short forms of the claims T02, T04 to T08, T32 and T34; the full figures run with
//! `cargo test --release --test all -- --ignored full_`.

mod accept;
mod anchor;
pub(crate) mod attack_store;
mod bits;
mod fickle;
mod followed;
mod gone;
mod growth;
mod log;
mod memory;
mod operations;
mod past;
mod slots;
mod splice;
mod sql;
mod trees;
mod versions;
