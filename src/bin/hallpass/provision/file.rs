//! The shape of a declaration as it is written; `docs/apply.schema.json` says the same.

use std::path::PathBuf;

use hallpass::model::address::AddressRange;
use hallpass::model::email::EmailAddress;
use hallpass::model::name::{ConnectionName, EnvironmentName, GroupName, ProfileName, TokenName};
use hallpass::model::text::{Device, FreeText, Guide};
use hallpass::model::time::{Expiry, Overlap, Span, Time};
use hallpass::model::token::{Digest, Form};
use serde::Deserialize;

use super::text::{Only, Table, Text, Wish};
use crate::cli::sink::Destination;

/// All of it. What is said beyond this is an error, so that a slip of the pen does not leave something
/// out without a word.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    /// The version of this shape.
    pub(super) version: Option<u32>,
    /// Environments, by name.
    pub(super) environments: Table<EnvironmentName, Environment>,
    /// Connections, by name.
    pub(super) connections: Table<ConnectionName, Connection>,
    /// Members of groups, by the name of the group.
    pub(super) groups: Table<GroupName, Vec<Text<ProfileName>>>,
    /// Profiles, by name.
    pub(super) profiles: Table<ProfileName, Profile>,
}

/// An environment.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Environment {
    pub(super) description: Wish<FreeText>,
    /// Whether tokens without an environment are for this one.
    pub(super) default: Option<bool>,
}

/// A connection.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Connection {
    pub(super) description: Wish<FreeText>,
    pub(super) group: Wish<GroupName>,
    pub(super) token_lifetime: Wish<Span>,
    pub(super) allow_ip: Option<Only<AddressRange>>,
    pub(super) deny_ip: Option<Vec<Text<AddressRange>>>,
    /// The walkthrough itself, or a file with it.
    pub(super) guide: Wish<Guide>,
    pub(super) guide_file: Option<PathBuf>,
    pub(super) state: Option<ConnectionState>,
    /// Why it is blocked.
    pub(super) reason: Option<Text<FreeText>>,
}

/// Whether a connection may be used.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ConnectionState {
    Active,
    Blocked,
}

/// A profile.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Profile {
    pub(super) email: Wish<EmailAddress>,
    pub(super) description: Wish<FreeText>,
    pub(super) connections: Option<Only<ConnectionName>>,
    pub(super) groups: Option<Vec<Text<GroupName>>>,
    pub(super) state: Option<ProfileState>,
    /// Why it is suspended.
    pub(super) reason: Option<Text<FreeText>>,
    /// When the suspension ends by itself.
    pub(super) until: Option<Text<Time>>,
    /// Its tokens, by name.
    pub(super) tokens: Table<TokenName, Token>,
}

/// Whether a profile may do anything.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ProfileState {
    Active,
    Suspended,
}

/// A token.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Token {
    pub(super) connection: Option<Text<ConnectionName>>,
    pub(super) environment: Option<Text<EnvironmentName>>,
    pub(super) device: Option<Text<Device>>,
    pub(super) expires: Option<Text<Expiry>>,
    pub(super) allow_ip: Option<Only<AddressRange>>,
    pub(super) form: Option<Text<Form>>,
    /// Where its secret goes.
    pub(super) to: Option<Text<Destination>>,
    pub(super) min_life: Option<Text<Span>>,
    pub(super) overlap: Option<Text<Overlap>>,
    /// A file with a token that another system made, or its SHA-256.
    pub(super) value_file: Option<PathBuf>,
    pub(super) sha256: Option<Text<Digest>>,
}
