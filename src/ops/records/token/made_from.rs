//! What a new session token is made from.

use super::session_queue::next_number;
use crate::barrier::Writer;
use crate::error::Result;
use crate::model::id::{PasswordId, RecordId};
use crate::model::token::{Parent, Session, TokenRecord};

/// What a session token is made from.
#[derive(Clone, Copy)]
pub(in crate::ops) enum MadeFrom<'a> {
    /// A token of the profile.
    Token(RecordId, &'a TokenRecord),
    /// The profile's password.
    Password(PasswordId),
}

impl<'a> MadeFrom<'a> {
    /// The record of the token.
    pub(super) fn token(self) -> Option<&'a TokenRecord> {
        match self {
            Self::Token(_, token) => Some(token),
            Self::Password(_) => None,
        }
    }

    /// What the record of the session token says, with the next number of the queue.
    pub(super) fn session(self, w: &mut Writer<'_>) -> Result<Session> {
        let parent = match self {
            Self::Token(id, _) => Parent::Token(id),
            Self::Password(id) => Parent::Password(id),
        };
        let number = next_number(w)?;
        Ok(Session { parent, number })
    }
}
