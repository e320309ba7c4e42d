//! What can be typed: the commands and their options, and nothing about what they do.
//!
//! `completions/` and `man/` are generated from these definitions by `tests/generated.rs`, so this
//! module names nothing of the program but itself and the library.

#[macro_use]
mod after;

pub(crate) mod audit;
pub(crate) mod binding;
pub(crate) mod command;
pub(crate) mod completion;
pub(crate) mod connection;
pub(crate) mod declaration;
pub(crate) mod environment;
pub(crate) mod global;
#[cfg(feature = "server")]
pub(crate) mod health;
pub(crate) mod input;
pub(crate) mod mail;
pub(crate) mod otp;
pub(crate) mod password;
pub(crate) mod path;
pub(crate) mod profile;
pub(crate) mod purpose;
pub(crate) mod reference;
#[cfg(feature = "server")]
pub(crate) mod serve;
pub(crate) mod sink;
pub(crate) mod store;
pub(crate) mod suspension;
pub(crate) mod token;
pub(crate) mod top;

pub(crate) use command::{Cli, Command, parse};
