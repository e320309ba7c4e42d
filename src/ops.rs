//! What can be done: one module a noun, one function a verb.
//!
//! Each function is one transaction (or says why it is more), leaves an audit row for what it
//! changed, and returns a summary whose JSON is the shape of `docs/json.md`.
//!
//! Below the verbs is the level of records: functions that are given a reader or a writer and never
//! begin a transaction of their own, so that several verbs can share them. How secrets are
//! delivered is a noun of its own, shared by tokens, passwords, codes and declarations.
//!
//! What `# Errors` lists of a function comes on top of what every reading and every writing can fail
//! with: see [`Core::read`] and [`Core::write`].

pub mod apply;
pub mod audit;
pub mod connection;
pub mod delivery;
pub mod edit;
pub mod environment;
pub mod export;
pub mod impact;
pub mod login;
pub mod mail;
pub mod names;
pub mod otp;
pub mod outbox;
pub mod password;
pub mod profile;
mod records;
pub mod review;
pub mod store;
mod suspension;
pub mod token;
pub mod verify;

pub use crate::core::{Context, Core, Request};
pub use records::upkeep::before_write;
pub use suspension::Suspend;
