//! What may be valid again in an older state, because its later history is unknown.

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

/// An object that may be valid again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MayRevive {
    /// The reason.
    pub doubt: Doubt,
    /// Its name; `PROFILE/NAME` of a token, the id of a key, empty for the store.
    pub name: String,
}

/// Why something may be valid again, most severe first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Restrictions, groups, address rules, e-mail addresses and keys are those of the older state;
    /// of what has ended since, only this machine's tombstones are known.
    Rules,
    /// Some of this machine's tombstones of the store are damaged.
    Tombstones,
    /// Mail is sent by different settings than before.
    Mail,
    /// A key slot may have been removed.
    Key,
    /// A profile's password may have been changed.
    Password,
    /// A profile's e-mail address was different.
    Email,
    /// A profile may have been suspended.
    ProfileSuspension,
    /// A profile may have been deleted.
    Profile,
    /// A token may have been suspended.
    TokenSuspension,
    /// A token may have been replaced.
    TokenEnd,
    /// A token may have been revoked.
    Token,
    /// A connection may have been blocked.
    Block,
    /// A connection's API key was different.
    ApiKey,
    /// A connection may have been deleted.
    Connection,
    /// An environment's key was different.
    EnvironmentKey,
    /// An environment may have been deleted.
    Environment,
    /// The only environment was deleted, and its tokens are revoked.
    DefaultEnvironment,
}

impl Doubt {
    /// The kind of the object in JSON.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Rules | Self::Tombstones => "store",
            Self::Mail => "mail",
            Self::Key => "key",
            Self::Password | Self::Email | Self::ProfileSuspension | Self::Profile => "profile",
            Self::TokenSuspension | Self::TokenEnd | Self::Token => "token",
            Self::Block | Self::ApiKey | Self::Connection => "connection",
            Self::EnvironmentKey | Self::Environment | Self::DefaultEnvironment => "environment",
        }
    }

    /// What about it, in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Tombstones => "tombstones",
            Self::Mail => "settings",
            Self::Key | Self::EnvironmentKey => "key",
            Self::Password => "password",
            Self::Email => "email",
            Self::ProfileSuspension | Self::TokenSuspension => "suspension",
            Self::TokenEnd => "end",
            Self::Block => "block",
            Self::ApiKey => "api_key",
            Self::Profile | Self::Token | Self::Connection | Self::Environment => "removal",
            Self::DefaultEnvironment => "default",
        }
    }
}

impl Serialize for MayRevive {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("MayRevive", 3)?;
        object.serialize_field("kind", self.doubt.kind())?;
        object.serialize_field("name", &self.name)?;
        object.serialize_field("what", self.doubt.word())?;
        object.end()
    }
}
