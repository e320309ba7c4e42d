//! One token as it is judged, before or after a change.

use std::net::IpAddr;

use crate::model::connection::Connection;
use crate::model::id::RecordId;
use crate::model::profile::Profile;
use crate::model::token::TokenRecord;
use crate::model::verdict::{self, Facts, Reason};
use crate::ops::records::clocks::Clocks;

/// A token and its profile, before or after a change.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) token: &'a TokenRecord,
    pub(super) profile: &'a Profile,
    /// The token that a session token was made from.
    pub(super) parent: Option<&'a TokenRecord>,
    pub(super) clocks: Clocks,
}

/// The connection that a caller names, or the token's own.
pub(super) type At<'a> = Option<(RecordId, &'a Connection)>;

impl Side<'_> {
    /// The address of the token: `PROFILE/NAME`, or its id if its successor has the name.
    pub(super) fn address(self) -> String {
        match (&self.profile.name, self.token.successor) {
            (Some(profile), None) => format!("{profile}/{}", self.token.name),
            _ => self.token.public.to_string(),
        }
    }

    pub(super) fn is_valid(self, at: At<'_>, ip: Option<IpAddr>) -> bool {
        let Self {
            token,
            profile,
            parent,
            clocks,
        } = self;
        let id = at.map(|(id, _)| id);
        let reason = verdict::judge(&Facts {
            token,
            profile,
            parent,
            connection: at.map(|(_, connection)| connection),
            connection_id: id,
            // A bound token is judged by its own connection, as when the caller names none.
            named_connection: id.filter(|_| token.connection.is_none()),
            environment: None,
            device: None,
            caller: ip.into(),
            now: clocks.now,
            latest: clocks.latest,
        });
        reason == Reason::Valid
    }
}
