//! The server, as proxies and clients meet it: the program is run, and asked over its sockets.
//!
//! A binary of its own, so that it is built and run alone.
#![cfg(feature = "server")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod serve {
    mod connections;
    mod life;
    mod newest;
    mod running;
    mod settings;
    mod sockets;
    mod tls;
    mod verify;

    pub(crate) use running::{Reply, Running};
}
#[allow(dead_code, reason = "the other test binary uses the rest of it")]
mod support;
