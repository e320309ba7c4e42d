//! Session tokens: short-lived tokens that end with what they were made from.

use serde::{Deserialize, Serialize};

use crate::model::id::{PasswordId, RecordId};

/// What makes a token a session token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// What it was made from.
    pub parent: Parent,
    /// Its number in the queue of session tokens.
    pub number: u64,
}

/// What a session token was made from. It is of the same profile, and no session token itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Parent {
    /// The token with this record.
    Token(RecordId),
    /// The profile's password.
    Password(PasswordId),
}

/// The queue of session tokens, oldest first: they are removed in this order some time after they
/// expired. Numbers of tokens that were removed earlier have no entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionQueue {
    /// The first number that may have an entry.
    pub first: u64,
    /// The number of the next token.
    pub next: u64,
}
