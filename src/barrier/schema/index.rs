//! How records are found: unique index entries for names, addresses and keys, and lists.

use crate::backend::IdxKey;
use crate::barrier::rows::index::Indexer;
use crate::model::id::{ApiKey, EnvironmentKey, RecordId, TokenId};
use crate::model::name::Canonical;

/// A unique index entry: at most one record has it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Unique<'a> {
    /// The public id of a token, live or not.
    Token(TokenId),
    /// The name of a profile.
    Profile(&'a Canonical),
    /// The name of a connection.
    Connection(&'a Canonical),
    /// The name of an environment.
    Environment(&'a Canonical),
    /// The name of a live token within its profile.
    TokenName(RecordId, &'a Canonical),
    /// A connection's API key.
    ApiKey(&'a ApiKey),
    /// An environment's key.
    EnvironmentKey(&'a EnvironmentKey),
    /// A canonical e-mail address; refers to an address record.
    Email(&'a str),
    /// The mail settings of an environment, or the general ones.
    Mail(Option<RecordId>),
    /// The verification codes of a profile for a connection and an environment.
    Codes(RecordId, RecordId, RecordId),
    /// The attempt budget of a profile.
    Budget(RecordId),
    /// The canonical device of a live token within its profile and connection.
    Device(RecordId, Option<RecordId>, &'a str),
    /// The SHA-256 of an imported token, live or not.
    Import(&'a [u8; 32]),
    /// A token that was replaced; refers to the rotation record.
    Rotation(TokenId),
    /// The queue of session tokens.
    SessionQueue,
}

/// A list of records, numbered from 0. Removing an entry moves the last one to its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum List {
    /// All profiles; counted in the root.
    Profiles,
    /// All connections; counted in the root.
    Connections,
    /// All environments; counted in the root.
    Environments,
    /// All queued messages; counted in the root.
    Outbox,
    /// Tokens with a pending delivery. Few, and not counted: [`Reader::find_at`] finds the end.
    ///
    /// [`Reader::find_at`]: crate::barrier::Reader::find_at
    Pending,
    /// Session tokens, by their numbers in the queue; not counted, and with gaps.
    Sessions,
    /// A profile's tokens, tombstones included; counted in the profile.
    TokensOf(RecordId),
    /// The profiles of an address; counted in the address record.
    ProfilesAt(RecordId),
    /// The verification codes of a profile, by connection and environment; counted in its budget.
    CodesOf(RecordId),
}

/// The name-spaces of index entries. Numbers are part of the format and never reused.
mod space {
    pub(in crate::barrier) const TOKEN: u8 = 1;
    pub(in crate::barrier) const PROFILE: u8 = 2;
    pub(in crate::barrier) const CONNECTION: u8 = 3;
    pub(in crate::barrier) const ENVIRONMENT: u8 = 4;
    pub(in crate::barrier) const TOKEN_NAME: u8 = 5;
    pub(in crate::barrier) const API_KEY: u8 = 6;
    pub(in crate::barrier) const ENVIRONMENT_KEY: u8 = 7;
    pub(in crate::barrier) const EMAIL: u8 = 8;
    pub(in crate::barrier) const MAIL: u8 = 10;
    pub(in crate::barrier) const CODES: u8 = 9;
    pub(in crate::barrier) const BUDGET: u8 = 11;
    pub(in crate::barrier) const IMPORT: u8 = 13;
    pub(in crate::barrier) const DEVICE: u8 = 14;
    pub(in crate::barrier) const ROTATION: u8 = 12;
    pub(in crate::barrier) const SESSION_QUEUE: u8 = 15;
    pub(in crate::barrier) const PROFILES: u8 = 32;
    pub(in crate::barrier) const CONNECTIONS: u8 = 33;
    pub(in crate::barrier) const ENVIRONMENTS: u8 = 34;
    pub(in crate::barrier) const OUTBOX: u8 = 35;
    pub(in crate::barrier) const TOKENS_OF: u8 = 36;
    pub(in crate::barrier) const PROFILES_AT: u8 = 37;
    pub(in crate::barrier) const CODES_OF: u8 = 38;
    pub(in crate::barrier) const SESSIONS: u8 = 39;
    pub(in crate::barrier) const PENDING: u8 = 44;
}

impl Unique<'_> {
    /// Computes the key of the index entry.
    pub(in crate::barrier) fn entry(self, indexer: &Indexer<'_>) -> IdxKey {
        match self {
            Unique::Token(id) => indexer.entry(space::TOKEN, &[&id.bytes()]),
            Unique::Profile(name) => indexer.entry(space::PROFILE, &[name.as_str().as_bytes()]),
            Unique::Connection(name) => {
                indexer.entry(space::CONNECTION, &[name.as_str().as_bytes()])
            }
            Unique::Environment(name) => {
                indexer.entry(space::ENVIRONMENT, &[name.as_str().as_bytes()])
            }
            Unique::TokenName(owner, name) => indexer.entry(
                space::TOKEN_NAME,
                &[owner.bytes(), name.as_str().as_bytes()],
            ),
            Unique::ApiKey(key) => indexer.entry(space::API_KEY, &[key.bytes()]),
            Unique::EnvironmentKey(key) => indexer.entry(space::ENVIRONMENT_KEY, &[key.bytes()]),
            Unique::Import(digest) => indexer.entry(space::IMPORT, &[digest]),
            Unique::Rotation(old) => indexer.entry(space::ROTATION, &[&old.bytes()]),
            Unique::SessionQueue => indexer.entry(space::SESSION_QUEUE, &[]),
            Unique::Email(address) => indexer.entry(space::EMAIL, &[address.as_bytes()]),
            Unique::Mail(Some(environment)) => indexer.entry(space::MAIL, &[environment.bytes()]),
            Unique::Mail(None) => indexer.entry(space::MAIL, &[]),
            Unique::Codes(profile, connection, environment) => {
                let binding = [profile.bytes(), connection.bytes(), environment.bytes()];
                indexer.entry(space::CODES, &binding.map(<[u8; 16]>::as_slice))
            }
            Unique::Budget(profile) => indexer.entry(space::BUDGET, &[profile.bytes()]),
            Unique::Device(owner, connection, device) => {
                let connection = connection.as_ref().map_or(&[0; 16], RecordId::bytes);
                indexer.entry(
                    space::DEVICE,
                    &[owner.bytes(), connection, device.as_bytes()],
                )
            }
        }
    }
}

impl List {
    /// Computes the key of the index entry for position `n`.
    pub(in crate::barrier) fn entry(self, indexer: &Indexer<'_>, n: u64) -> IdxKey {
        let n = &n.to_le_bytes();
        match self {
            List::Profiles => indexer.entry(space::PROFILES, &[n]),
            List::Connections => indexer.entry(space::CONNECTIONS, &[n]),
            List::Environments => indexer.entry(space::ENVIRONMENTS, &[n]),
            List::Outbox => indexer.entry(space::OUTBOX, &[n]),
            List::Pending => indexer.entry(space::PENDING, &[n]),
            List::Sessions => indexer.entry(space::SESSIONS, &[n]),
            List::TokensOf(owner) => indexer.entry(space::TOKENS_OF, &[owner.bytes(), n]),
            List::ProfilesAt(address) => indexer.entry(space::PROFILES_AT, &[address.bytes(), n]),
            List::CodesOf(profile) => indexer.entry(space::CODES_OF, &[profile.bytes(), n]),
        }
    }

    /// The root's counter for this list; `None` if a record counts it.
    pub(in crate::barrier) fn counter(self) -> Option<usize> {
        match self {
            Self::Profiles => Some(0),
            Self::Connections => Some(1),
            Self::Environments => Some(2),
            Self::Outbox => Some(3),
            Self::Pending
            | Self::Sessions
            | Self::TokensOf(_)
            | Self::ProfilesAt(_)
            | Self::CodesOf(_) => None,
        }
    }
}
