//! Operations: one module for each noun, one function for each verb.
//!
//! Each function is one transaction, or documents why it takes more. It writes an audit row for
//! each change and returns a summary whose JSON is documented in `docs/json.md`.
//!
//! The modules of `records` are below the verbs: their functions are passed a reader or a writer
//! and never begin a transaction, so that several verbs can share them. Delivery of secrets is a
//! noun of its own, shared by tokens, passwords, codes and declarations.
//!
//! The errors under `# Errors` are in addition to those that every read and every write can return:
//! see [`Core::read`] and [`Core::write`].

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
pub mod session;
pub mod store;
mod suspension;
pub mod token;
pub mod verify;

pub use crate::core::{Context, Core, Request};
pub use records::upkeep::before_write;
pub use suspension::Suspend;

#[cfg(test)]
mod tests;
