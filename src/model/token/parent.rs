//! When a session token ends with what it was made from.

use super::record::TokenRecord;
use super::session::Parent;
use crate::model::id::RecordId;
use crate::model::profile::Profile;
use crate::model::time::Time;

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
