//! Session tokens: short-lived tokens that end with what they were made from.

use serde::{Deserialize, Serialize};

use super::record::TokenRecord;
use crate::model::id::{PasswordId, RecordId};
use crate::model::profile::Profile;
use crate::model::time::Time;

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

impl TokenRecord {
    /// What it was made from, if it is a session token.
    pub fn parent(&self) -> Option<Parent> {
        self.session.map(|session| session.parent)
    }

    /// The record of the token that it was made from, if it is a session token made from a token.
    pub fn parent_token(&self) -> Option<RecordId> {
        match self.parent()? {
            Parent::Token(id) => Some(id),
            Parent::Password(_) => None,
        }
    }

    /// Whether what this session token was made from has ended. `parent` is the record that
    /// [`Self::parent_token`] names; without it, the token is gone. `latest` as in
    /// [`Facts`](crate::model::verdict::Facts).
    pub fn has_ended_parent(
        &self,
        parent: Option<&TokenRecord>,
        profile: &Profile,
        latest: Time,
    ) -> bool {
        match self.parent() {
            None => false,
            Some(Parent::Password(id)) => {
                let current = profile.password.as_ref();
                current.is_none_or(|password| password.id != id)
            }
            Some(Parent::Token(_)) => parent.is_none_or(|parent| {
                parent.revoked.is_some() || parent.pending.is_some() || parent.is_expired(latest)
            }),
        }
    }

    /// Whether the token that this session token was made from is suspended. `parent` as in
    /// [`Self::has_ended_parent`].
    pub fn has_suspended_parent(&self, parent: Option<&TokenRecord>, now: Time) -> bool {
        let suspension = parent.and_then(|parent| parent.suspended.as_ref());
        self.parent_token().is_some() && suspension.is_some_and(|suspension| suspension.holds(now))
    }
}
