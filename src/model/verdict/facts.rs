//! What a verdict depends on.

use super::caller::Caller;
use crate::model::connection::Connection;
use crate::model::id::RecordId;
use crate::model::profile::Profile;
use crate::model::text::Device;
use crate::model::time::Time;
use crate::model::token::TokenRecord;

/// Everything a verdict depends on. What the caller did not pass is `None` and is not checked.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The token, whose secret was verified.
    pub token: &'a TokenRecord,
    /// Its profile.
    pub profile: &'a Profile,
    /// The token that a session token was made from: the record that [`TokenRecord::parent_token`]
    /// names, as far as it is there.
    pub parent: Option<&'a TokenRecord>,
    /// The connection with the id [`Facts::connection_id`].
    pub connection: Option<&'a Connection>,
    /// The token's own connection or, for an open token, the one the caller named.
    pub connection_id: Option<RecordId>,
    /// The connection the caller named.
    pub named_connection: Option<RecordId>,
    /// The environment the caller named.
    pub environment: Option<RecordId>,
    /// The device the caller named.
    pub device: Option<&'a Device>,
    /// Where the caller is.
    pub caller: Caller,
    /// The real clock's time, which ends suspensions: a clock that runs ahead must not end them.
    pub now: Time,
    /// The latest time the store has seen, `now` included, which expires tokens: setting the clock
    /// back must not revive them.
    pub latest: Time,
}

impl<'a> Facts<'a> {
    /// The id of the connection that the token is judged for: a bound token's own, whichever the
    /// caller named; for an open token the one the caller named.
    #[inline]
    pub(super) fn judged_id(&self) -> Option<RecordId> {
        self.token.connection.or(self.named_connection)
    }

    /// The connection that the token is judged for, if it exists and is the one among the facts.
    #[inline]
    pub(super) fn judged_connection(&self) -> Option<&'a Connection> {
        let id = self.judged_id()?;
        self.connection
            .filter(|_| self.connection_id == Some(id))
            .filter(|connection| connection.deleted_at.is_none())
    }
}
