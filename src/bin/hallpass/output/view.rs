//! The table columns of each noun.

mod apply;
mod audit;
mod connection;
mod environment;
mod guide;
#[cfg(feature = "server")]
mod health;
mod impact;
mod mail;
mod otp;
mod password;
mod profile;
mod review;
mod store;
mod token;
mod verdict;

pub(crate) use guide::ReadyMade;
pub(crate) use otp::{CodeOf, CodeSent, explanation};
pub(crate) use password::{PasswordOf, PasswordSet};
pub(crate) use store::may_revive;
