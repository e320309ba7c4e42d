//! The conditions of the checks that have several.

use super::caller::Caller;
use super::facts::Facts;
use crate::model::address::AddressRange;
use crate::model::connection::Connection;

/// The conditions under which a token is valid for a connection: all must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionParts {
    /// The caller named no other than the token's own.
    pub is_its_own: bool,
    /// The connection exists. One that does not is a mistake of the caller.
    pub exists: bool,
    /// The profile may use it.
    pub may_be_used: bool,
}

impl ConnectionParts {
    /// The conditions, or `None` if the token is bound to no connection and the caller named none.
    #[inline]
    pub fn of(facts: &Facts<'_>) -> Option<Self> {
        let id = facts.judged_id()?;
        Some(Self {
            is_its_own: facts.named_connection.is_none_or(|named| named == id),
            exists: facts.judged_connection().is_some(),
            may_be_used: facts.profile.may_use(id),
        })
    }

    /// Whether all conditions hold.
    #[inline]
    pub fn all_hold(self) -> bool {
        let Self {
            is_its_own,
            exists,
            may_be_used,
        } = self;
        is_its_own && exists && may_be_used
    }
}

/// The conditions under which a token may be used from an address: all must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressParts<'a> {
    /// The token's own list allows it.
    pub token_allows: bool,
    /// The connection's list allows it, or there is no connection.
    pub connection_allows: bool,
    /// The deny rule of the connection that the address is in: there must be none.
    pub denied_by: Option<&'a AddressRange>,
}

impl<'a> AddressParts<'a> {
    /// The conditions, or `None` if no address is checked. A caller at an unknown address could be
    /// at any, so each rule that there is refuses it.
    #[inline]
    pub fn of(facts: &Facts<'a>) -> Option<Self> {
        let Facts {
            token, connection, ..
        } = *facts;
        match facts.caller {
            Caller::Unchecked => None,
            Caller::Unknown => Some(Self {
                token_allows: token.allow_ip.is_empty(),
                connection_allows: connection.is_none_or(Connection::has_no_address_rule),
                denied_by: None,
            }),
            Caller::At(ip) => Some(Self {
                token_allows: token.is_allowed_from(ip),
                connection_allows: connection.is_none_or(|connection| connection.allows(ip)),
                denied_by: connection.and_then(|connection| connection.denies(ip)),
            }),
        }
    }

    /// Whether all conditions hold: deny rules override allow rules.
    #[inline]
    pub fn all_hold(self) -> bool {
        let Self {
            token_allows,
            connection_allows,
            denied_by,
        } = self;
        token_allows && connection_allows && denied_by.is_none()
    }
}
