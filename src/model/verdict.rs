//! The verdict on a token for one use.

use std::fmt;
use std::net::IpAddr;

use serde::{Serialize, Serializer};

use super::connection::Connection;
use super::id::RecordId;
use super::profile::Profile;
use super::text::Device;
use super::time::Time;
use super::token::{TokenRecord, TokenState};

/// The verdict: valid, or the first reason that applies, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Not a token in any encoding.
    Malformed,
    /// Not a token of this store, or not delivered yet.
    Unknown,
    /// Revoked, by itself, with its profile, or with what a session token was made from.
    Revoked,
    /// Expired.
    Expired,
    /// Suspended by itself, or with the token that a session token was made from.
    TokenSuspended,
    /// Its profile is suspended.
    ProfileSuspended,
    /// For another connection, or for none that the profile may use.
    WrongConnection,
    /// Its profile is not in the connection's group.
    NotAMember,
    /// For another environment.
    WrongEnvironment,
    /// For another device.
    WrongDevice,
    /// The connection is blocked.
    ConnectionBlocked,
    /// Not from this address.
    AddressNotAllowed,
    /// Valid.
    Valid,
}

impl Reason {
    /// All reasons, in the order in which they are checked.
    pub const ALL: [Self; 13] = [
        Self::Malformed,
        Self::Unknown,
        Self::Revoked,
        Self::Expired,
        Self::TokenSuspended,
        Self::ProfileSuspended,
        Self::WrongConnection,
        Self::NotAMember,
        Self::WrongEnvironment,
        Self::WrongDevice,
        Self::ConnectionBlocked,
        Self::AddressNotAllowed,
        Self::Valid,
    ];

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unknown => "unknown",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::TokenSuspended => "token_suspended",
            Self::ProfileSuspended => "profile_suspended",
            Self::WrongConnection => "wrong_connection",
            Self::NotAMember => "not_a_member",
            Self::WrongEnvironment => "wrong_environment",
            Self::WrongDevice => "wrong_device",
            Self::ConnectionBlocked => "connection_blocked",
            Self::AddressNotAllowed => "address_not_allowed",
            Self::Valid => "valid",
        }
    }

    /// The exit code of `verify` (`docs/json.md`).
    pub fn exit(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Malformed => 10,
            Self::Unknown => 11,
            Self::Revoked => 12,
            Self::Expired => 13,
            Self::TokenSuspended | Self::ProfileSuspended => 14,
            Self::ConnectionBlocked => 15,
            Self::WrongConnection
            | Self::NotAMember
            | Self::WrongEnvironment
            | Self::WrongDevice => 16,
            Self::AddressNotAllowed => 17,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

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
    /// The address the caller named.
    pub ip: Option<IpAddr>,
    /// The real clock's time, which ends suspensions: a clock that runs ahead must not end them.
    pub now: Time,
    /// The latest time the store has seen, `now` included, which expires tokens: setting the clock
    /// back must not revive them.
    pub latest: Time,
}

/// Judges a token whose secret was verified; never returns [`Reason::Malformed`].
pub fn judge(facts: &Facts<'_>) -> Reason {
    of_token(facts)
        .or_else(|| of_connection(facts))
        .or_else(|| of_binding(facts))
        .or_else(|| of_access(facts))
        .unwrap_or(Reason::Valid)
}

fn of_token(facts: &Facts<'_>) -> Option<Reason> {
    let Facts {
        token,
        profile,
        parent,
        now,
        latest,
        ..
    } = facts;
    let state = token.state(*now, *latest);
    let suspended = profile
        .suspended
        .as_ref()
        .is_some_and(|suspension| suspension.holds(*now));
    match state {
        TokenState::Pending => Some(Reason::Unknown),
        TokenState::Revoked => Some(Reason::Revoked),
        _ if profile.deleted_at.is_some() => Some(Reason::Revoked),
        _ if token.has_ended_parent(*parent, profile, *latest) => Some(Reason::Revoked),
        TokenState::Expired => Some(Reason::Expired),
        TokenState::Suspended => Some(Reason::TokenSuspended),
        TokenState::Active if token.has_suspended_parent(*parent, *now) => {
            Some(Reason::TokenSuspended)
        }
        TokenState::Active => suspended.then_some(Reason::ProfileSuspended),
    }
}

/// A bound token is judged by its own connection, an open token by the one the caller named.
fn of_connection(facts: &Facts<'_>) -> Option<Reason> {
    let Facts { token, profile, .. } = facts;
    let id = token.connection.or(facts.named_connection)?;
    let is_named = facts.named_connection.is_none_or(|named| named == id);
    // A connection that does not exist, or one other than the token's, is a mistake of the caller:
    // the token is not valid for it.
    let connection = facts.connection.filter(|_| facts.connection_id == Some(id));
    match connection.filter(|connection| connection.deleted_at.is_none()) {
        Some(connection) if is_named && profile.may_use(id) => {
            (!connection.admits(profile)).then_some(Reason::NotAMember)
        }
        _ => Some(Reason::WrongConnection),
    }
}

fn of_binding(facts: &Facts<'_>) -> Option<Reason> {
    let Facts {
        token,
        environment,
        device,
        ..
    } = facts;
    if environment.is_some_and(|named| named != token.environment) {
        return Some(Reason::WrongEnvironment);
    }
    let differs = |(own, named): (&Device, &Device)| !own.same_as(named);
    token
        .device
        .as_ref()
        .zip(*device)
        .is_some_and(differs)
        .then_some(Reason::WrongDevice)
}

fn of_access(facts: &Facts<'_>) -> Option<Reason> {
    let Facts {
        token,
        connection,
        ip,
        ..
    } = facts;
    if connection.is_some_and(|connection| connection.blocked.is_some()) {
        return Some(Reason::ConnectionBlocked);
    }
    let ip = (*ip)?;
    let allowed = token.is_allowed_from(ip)
        && connection.is_none_or(|connection| connection.is_allowed_from(ip));
    (!allowed).then_some(Reason::AddressNotAllowed)
}

/// Whether two states of a profile give the same verdict in every case.
pub fn same_for_profile(one: &Profile, other: &Profile) -> bool {
    let relevant = |profile: &Profile| {
        // Destructured whole, so that a new field has to be classified too.
        let Profile {
            groups,
            restriction,
            suspended,
            deleted_at,
            // A session token may have been made from it.
            password,
            name: _,
            email: _,
            description: _,
            generated: _,
            failures: _,
            created_at: _,
            updated_at: _,
            tokens: _,
            position: _,
            address: _,
        } = profile.clone();
        (
            groups,
            restriction,
            suspended.map(|suspension| suspension.until),
            deleted_at.is_some(),
            password.map(|password| password.id),
        )
    };
    relevant(one) == relevant(other)
}

/// As [`same_for_profile`], for a connection.
pub fn same_for_connection(one: &Connection, other: &Connection) -> bool {
    let relevant = |connection: &Connection| {
        let Connection {
            group,
            allow_ip,
            deny_ip,
            blocked,
            deleted_at,
            name: _,
            description: _,
            api_key: _,
            token_lifetime: _,
            guide: _,
            created_at: _,
            position: _,
        } = connection.clone();
        (
            group,
            allow_ip,
            deny_ip,
            blocked.is_some(),
            deleted_at.is_some(),
        )
    };
    relevant(one) == relevant(other)
}
