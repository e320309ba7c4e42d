//! Keyed index entries: how a record is found without a readable column.

use crate::backend::IdxKey;
use crate::barrier::store_id::StoreId;
use crate::crypto::{Label, MacKey};
use crate::model::id::{ApiKey, EnvironmentKey, RecordId, TokenId};
use crate::model::name::Canonical;

/// Something that at most one record has.
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
    /// A canonical e-mail address; leads to an address record.
    Email(&'a str),
    /// The mail settings of an environment, or the general ones.
    Mail(Option<RecordId>),
    /// The verification codes of a profile for a connection and an environment.
    Codes(RecordId, RecordId, RecordId),
    /// The budget of tries of a profile.
    Budget(RecordId),
    /// The canonical device of a live token within its profile and connection.
    Device(RecordId, Option<RecordId>, &'a str),
    /// The SHA-256 of a token that another system made, live or not.
    Import(&'a [u8; 32]),
    /// The token that was replaced; leads to the record of that.
    Rotation(TokenId),
}

/// A list of records, by number from 0. Removing one moves the last into its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum List {
    /// All profiles; counted in the root.
    Profiles,
    /// All connections; counted in the root.
    Connections,
    /// All environments; counted in the root.
    Environments,
    /// All mails that wait; counted in the root.
    Outbox,
    /// Tokens that are being delivered; few, and counted nowhere: [`Reader::find_at`] finds the end.
    ///
    /// [`Reader::find_at`]: super::Reader::find_at
    Pending,
    /// A profile's tokens, tombstones included; counted in the profile.
    TokensOf(RecordId),
    /// The profiles of an address; counted in the address record.
    ProfilesAt(RecordId),
    /// The verification codes of a profile, by connection and environment; counted in its budget.
    CodesOf(RecordId),
}

/// The name-spaces. Numbers are part of the format and never reused.
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
    pub(in crate::barrier) const PROFILES: u8 = 32;
    pub(in crate::barrier) const CONNECTIONS: u8 = 33;
    pub(in crate::barrier) const ENVIRONMENTS: u8 = 34;
    pub(in crate::barrier) const OUTBOX: u8 = 35;
    pub(in crate::barrier) const TOKENS_OF: u8 = 36;
    pub(in crate::barrier) const PROFILES_AT: u8 = 37;
    pub(in crate::barrier) const CODES_OF: u8 = 38;
    pub(in crate::barrier) const PENDING: u8 = 44;
}

/// Makes entries: `HMAC(K_index, label ‖ store_id ‖ name-space ‖ value)[0..16]`.
pub(in crate::barrier) struct Indexer<'a> {
    pub(in crate::barrier) key: &'a MacKey,
    pub(in crate::barrier) store: &'a StoreId,
}

impl Indexer<'_> {
    pub(in crate::barrier) fn unique(&self, what: Unique<'_>) -> IdxKey {
        match what {
            Unique::Token(id) => self.entry(space::TOKEN, &[&id.bytes()]),
            Unique::Profile(name) => self.entry(space::PROFILE, &[name.as_str().as_bytes()]),
            Unique::Connection(name) => self.entry(space::CONNECTION, &[name.as_str().as_bytes()]),
            Unique::Environment(name) => {
                self.entry(space::ENVIRONMENT, &[name.as_str().as_bytes()])
            }
            Unique::TokenName(owner, name) => {
                self.entry(space::TOKEN_NAME, &[owner.bytes(), name.as_str().as_bytes()])
            }
            Unique::ApiKey(key) => self.entry(space::API_KEY, &[key.bytes()]),
            Unique::EnvironmentKey(key) => self.entry(space::ENVIRONMENT_KEY, &[key.bytes()]),
            Unique::Import(digest) => self.entry(space::IMPORT, &[digest]),
            Unique::Rotation(old) => self.entry(space::ROTATION, &[&old.bytes()]),
            Unique::Email(address) => self.entry(space::EMAIL, &[address.as_bytes()]),
            Unique::Mail(Some(environment)) => self.entry(space::MAIL, &[environment.bytes()]),
            Unique::Mail(None) => self.entry(space::MAIL, &[]),
            Unique::Codes(profile, connection, environment) => {
                let binding = [profile.bytes(), connection.bytes(), environment.bytes()];
                self.entry(space::CODES, &binding.map(<[u8; 16]>::as_slice))
            }
            Unique::Budget(profile) => self.entry(space::BUDGET, &[profile.bytes()]),
            Unique::Device(owner, connection, device) => {
                let connection = connection.as_ref().map_or(&[0; 16], RecordId::bytes);
                self.entry(space::DEVICE, &[owner.bytes(), connection, device.as_bytes()])
            }
        }
    }

    pub(in crate::barrier) fn numbered(&self, list: List, n: u64) -> IdxKey {
        let n = &n.to_le_bytes();
        match list {
            List::Profiles => self.entry(space::PROFILES, &[n]),
            List::Connections => self.entry(space::CONNECTIONS, &[n]),
            List::Environments => self.entry(space::ENVIRONMENTS, &[n]),
            List::Outbox => self.entry(space::OUTBOX, &[n]),
            List::Pending => self.entry(space::PENDING, &[n]),
            List::TokensOf(owner) => self.entry(space::TOKENS_OF, &[owner.bytes(), n]),
            List::ProfilesAt(address) => self.entry(space::PROFILES_AT, &[address.bytes(), n]),
            List::CodesOf(profile) => self.entry(space::CODES_OF, &[profile.bytes(), n]),
        }
    }

    fn entry(&self, space: u8, values: &[&[u8]]) -> IdxKey {
        let mut parts: [&[u8]; 5] = [self.store, &[space], &[], &[], &[]];
        for (place, value) in parts.iter_mut().skip(2).zip(values) {
            *place = value;
        }
        let used = parts.get(..2 + values.len()).unwrap_or(&parts);
        let mut h = [0; 16];
        h.copy_from_slice(self.key.tag(Label::Idx, used).bytes().split_at(16).0);
        h
    }
}
