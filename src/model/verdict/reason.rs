//! The reasons of a verdict, in the order in which they are checked.

use std::fmt;

use serde::{Serialize, Serializer};

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
