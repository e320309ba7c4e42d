//! The server, as proxies and clients meet it: the program is run, and asked over its sockets.
//!
//! A binary of its own, so that it is built and run alone.
#![cfg(feature = "server")]
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::float_cmp,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod serve {
    mod attack;
    mod authz;
    mod basic;
    mod client;
    mod connections;
    mod conversation;
    mod described;
    mod descriptors;
    mod health;
    mod holder;
    mod introspect;
    mod life;
    mod locked;
    mod log;
    mod login;
    mod memory;
    mod metrics;
    mod newest;
    mod openmetrics;
    mod posting;
    mod profit;
    mod remembering;
    mod running;
    mod settings;
    mod sockets;
    mod tls;
    mod token;
    mod under_load;
    mod verify;

    pub(crate) use conversation::Conversation;
    pub(crate) use running::{Reply, Running};
}
#[allow(dead_code, reason = "the other test binary uses the rest of it")]
mod support;
