//! Writes the store's configuration as a declaration.

use std::collections::BTreeMap;

use hallpass::model::any::ANY;
use hallpass::model::text::Guide;
use hallpass::model::time::{Span, Time};
use hallpass::ops::connection::State as ConnectionState;
use hallpass::ops::export::Inventory;
use hallpass::ops::profile::State as ProfileState;
use hallpass::ops::{connection, environment, profile, token};
use serde::Serialize;

use super::shape::VERSION;
use crate::failure::Failure;

/// The comment at the top of the file.
const HEAD: &str = "# Written by `hallpass export`, to be applied with `hallpass apply`. It contains no secrets.\n\n";

/// A declaration to export.
#[derive(Debug, Serialize)]
pub(crate) struct ExportedDeclaration {
    version: u32,
    environments: BTreeMap<String, ExportedEnvironment>,
    connections: BTreeMap<String, ExportedConnection>,
    profiles: BTreeMap<String, ExportedProfile>,
}

/// A list, or the word for "no restriction".
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Only {
    Any(&'static str),
    These(Vec<String>),
}

impl Only {
    fn new<T: ToString>(list: Option<&[T]>) -> Self {
        list.map_or(Self::Any(ANY), |list| Self::These(texts(list)))
    }

    /// Returns the list, or `any` for an empty one.
    fn unless_empty<T: ToString>(list: &[T]) -> Self {
        Self::new((!list.is_empty()).then_some(list))
    }
}

#[derive(Debug, Serialize)]
struct ExportedEnvironment {
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    default: bool,
}

#[derive(Debug, Serialize)]
struct ExportedConnection {
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    group: String,
    token_lifetime: String,
    allow_ip: Only,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    deny_ip: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guide: Option<String>,
}

#[derive(Debug, Serialize)]
struct ExportedProfile {
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    connections: Only,
    groups: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tokens: BTreeMap<String, ExportedToken>,
}

#[derive(Debug, Serialize)]
struct ExportedToken {
    connection: String,
    environment: String,
    device: String,
    expires: String,
    allow_ip: Only,
}

impl ExportedDeclaration {
    /// Formats the declaration as TOML.
    pub(crate) fn toml(&self) -> Result<String, Failure> {
        let text = toml::to_string_pretty(self).map_err(|source| {
            Failure::new(hallpass::Kind::Bug, "a declaration cannot be written").because(&source)
        })?;
        Ok(format!("{HEAD}{text}"))
    }

    /// Counts its tokens.
    pub(crate) fn tokens(&self) -> usize {
        self.profiles.values().map(|it| it.tokens.len()).sum()
    }
}

/// Builds the declaration from the inventory.
pub(crate) fn written(inventory: &Inventory) -> ExportedDeclaration {
    let Inventory {
        environments,
        connections,
        profiles,
        tokens,
    } = inventory;
    let mut written = ExportedDeclaration {
        version: VERSION,
        environments: environments.iter().map(environment).collect(),
        connections: connections
            .iter()
            .map(|(it, guide)| connection(it, guide.as_ref().map(ToString::to_string)))
            .collect(),
        profiles: profiles.iter().filter_map(profile).collect(),
    };
    for it in tokens {
        let owner = it
            .profile
            .as_ref()
            .and_then(|name| written.profiles.get_mut(name.as_str()));
        if let Some(owner) = owner {
            owner
                .tokens
                .insert(it.name.to_string(), token(it, limit(connections, it)));
        }
    }
    written
}

fn environment(it: &environment::Summary) -> (String, ExportedEnvironment) {
    let environment = ExportedEnvironment {
        description: text(it.description.as_ref()),
        default: it.default,
    };
    (it.name.to_string(), environment)
}

fn connection(it: &connection::Summary, guide: Option<String>) -> (String, ExportedConnection) {
    let connection = ExportedConnection {
        description: text(it.description.as_ref()),
        group: or_any(it.group.as_ref()),
        token_lifetime: or_any(it.token_lifetime.as_ref()),
        allow_ip: Only::unless_empty(&it.allow_ip),
        deny_ip: texts(&it.deny_ip),
        state: (it.state == ConnectionState::Blocked).then_some("blocked"),
        reason: it.blocked.as_ref().and_then(|it| text(it.reason.as_ref())),
        guide,
    };
    (it.name.to_string(), connection)
}

fn profile(it: &profile::Summary) -> Option<(String, ExportedProfile)> {
    let suspended = it.suspended.as_ref();
    let profile = ExportedProfile {
        email: text(it.email.as_ref()),
        description: text(it.description.as_ref()),
        connections: Only::new(it.connections.as_deref()),
        groups: texts(&it.groups),
        state: (it.state == ProfileState::Suspended).then_some("suspended"),
        reason: suspended.and_then(|it| text(it.reason.as_ref())),
        until: suspended.and_then(|it| text(it.until.as_ref())),
        tokens: BTreeMap::new(),
    };
    Some((it.name.as_ref()?.to_string(), profile))
}

/// Returns the longest lifetime that the connection of a token allows now.
fn limit(
    connections: &[(connection::Summary, Option<Guide>)],
    it: &token::Summary,
) -> Option<Span> {
    let own = it.connection.as_ref()?;
    connections
        .iter()
        .find(|(other, _)| other.name.same_as(own))?
        .0
        .token_lifetime
}

fn token(it: &token::Summary, limit: Option<Span>) -> ExportedToken {
    ExportedToken {
        connection: or_any(it.connection.as_ref()),
        environment: it.environment.to_string(),
        device: or_any(it.device.as_ref()),
        expires: match (it.expires_at, limit) {
            (Some(end), _) => lifetime(it.created_at, end, limit),
            (None, Some(limit)) => limit.to_string(),
            (None, None) => "never".to_owned(),
        },
        allow_ip: Only::unless_empty(&it.allow_ip),
    }
}

/// Formats the lifetime a token was issued with, cut to the current limit: its successor gets the
/// same. Where no duration is exact, formats the end.
fn lifetime(from: Time, to: Time, limit: Option<Span>) -> String {
    let span = Span::from_seconds(to.seconds().saturating_sub(from.seconds()));
    match (span, limit) {
        (Some(span), Some(limit)) => span.min(limit).to_string(),
        (Some(span), None) => span.to_string(),
        (None, _) => to.to_string(),
    }
}

fn or_any<T: ToString>(value: Option<&T>) -> String {
    value.map_or_else(|| ANY.to_owned(), ToString::to_string)
}

fn text<T: ToString>(value: Option<&T>) -> Option<String> {
    value.map(ToString::to_string)
}

fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}
