//! What a proxy's configuration asks about: the query of `/verify`, the path of `/authz`.
//!
//! Anything that is not exactly right is a mistake in that configuration, and refuses the request: a
//! parameter that was ignored would open more than was meant.

use std::str::FromStr;

use super::credential::Source;
use super::metrics::Mistake;
use super::percent::{self, Plus};
use crate::model::name::{ConnectionName, EnvironmentName};
use crate::model::text::Device;

/// Where `/authz` begins.
pub(super) const AUTHZ: &str = "/authz/";

/// What a segment of a path says for "not named".
const NOT_NAMED: &str = "-";

/// The longest name of an unknown parameter that is logged: a longer one could be a secret.
const LONGEST_LOGGED: usize = 16;

/// What a proxy's configuration asks about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    /// The connection that the request is for.
    pub(super) connection: Option<ConnectionName>,
    /// The environment that it is for.
    pub(super) environment: Option<EnvironmentName>,
    /// The device. It is a constant of the proxy, and proves nothing about the client.
    pub(super) device: Option<Device>,
    /// What a client without a valid credential is asked for.
    pub(super) challenge: Challenge,
    /// Which header has the credential.
    pub(super) source: Source,
    /// Whether CORS preflights pass.
    pub(super) preflight: Preflight,
}

/// What a client without a valid credential is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Challenge {
    /// A bearer token.
    #[default]
    Bearer,
    /// A user name and a password: some clients send none unless asked.
    Basic,
}

/// Whether CORS preflights pass. They have no credentials.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Preflight {
    /// They are judged as any request.
    #[default]
    Judged,
    /// They pass.
    Allowed,
}

/// A mistake in the configuration of a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Misconfigured {
    /// The parameter, if its name may be logged. Never its value: a client may have chosen it.
    pub(super) parameter: Option<String>,
    /// What is wrong with it.
    pub(super) problem: Problem,
}

/// What is wrong with a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    /// It is there twice.
    Twice,
    /// There is no such parameter.
    Unknown,
    /// Its value is not one that it can have.
    Invalid,
    /// What it names does not exist.
    NotFound,
    /// It is missing.
    Missing,
}

impl Problem {
    /// The word in the log.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Twice => "twice",
            Self::Unknown => "unknown",
            Self::Invalid => "invalid",
            Self::NotFound => "not_found",
            Self::Missing => "missing",
        }
    }
}

impl From<Problem> for Mistake {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Twice => Self::Twice,
            Problem::Unknown => Self::Unknown,
            Problem::Invalid => Self::Invalid,
            Problem::NotFound => Self::NotFound,
            Problem::Missing => Self::Missing,
        }
    }
}

impl Misconfigured {
    /// A mistake in a parameter of this name, which is one of ours.
    pub(super) fn new(parameter: &str, problem: Problem) -> Self {
        Self {
            parameter: Some(parameter.to_owned()),
            problem,
        }
    }

    /// A parameter that there is not.
    fn unknown(name: &str) -> Self {
        let is_harmless = name.len() <= LONGEST_LOGGED
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        Self {
            parameter: is_harmless.then(|| name.to_owned()),
            problem: Problem::Unknown,
        }
    }
}

impl Parameters {
    /// Reads the query of `/verify`.
    pub(super) fn from_query(query: Option<&str>) -> Result<Self, Misconfigured> {
        let mut parameters = Self::default();
        let mut challenge = None;
        let mut source = None;
        let mut preflight = None;
        for pair in query.unwrap_or_default().split('&') {
            if pair.is_empty() {
                continue;
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match name {
                "connection" => set(&mut parameters.connection, name, parsed(name, value)?)?,
                "environment" => set(&mut parameters.environment, name, parsed(name, value)?)?,
                "device" => set(&mut parameters.device, name, parsed(name, value)?)?,
                "challenge" => set(&mut challenge, name, one_of(name, value, CHALLENGES)?)?,
                "from" => set(&mut source, name, one_of(name, value, SOURCES)?)?,
                "preflight" => set(&mut preflight, name, one_of(name, value, PREFLIGHTS)?)?,
                _ => return Err(Misconfigured::unknown(name)),
            }
        }
        Ok(Self {
            challenge: challenge.unwrap_or_default(),
            source: source.unwrap_or_default(),
            preflight: preflight.unwrap_or_default(),
            ..parameters
        })
    }

    /// Reads the path of `/authz`: its first two segments, which only the proxy's configuration
    /// writes. All behind them is the client's, and is not looked at.
    pub(super) fn from_path(path: &str) -> Result<Self, Misconfigured> {
        let mut segments = path.strip_prefix(AUTHZ).unwrap_or_default().split('/');
        Ok(Self {
            connection: segment("connection", segments.next())?,
            environment: segment("environment", segments.next())?,
            ..Self::default()
        })
    }
}

const CHALLENGES: &[(&str, Challenge)] = &[("basic", Challenge::Basic)];
const SOURCES: &[(&str, Source)] = &[
    ("authorization", Source::Authorization),
    ("x-api-key", Source::ApiKey),
];
const PREFLIGHTS: &[(&str, Preflight)] = &[("allow", Preflight::Allowed)];

fn set<T>(to: &mut Option<T>, name: &str, value: T) -> Result<(), Misconfigured> {
    match to.replace(value) {
        None => Ok(()),
        Some(_) => Err(Misconfigured::new(name, Problem::Twice)),
    }
}

fn parsed<T: FromStr>(name: &str, value: &str) -> Result<T, Misconfigured> {
    let decoded = percent::decode(value, Plus::Space);
    let value = decoded.and_then(|text| text.parse().ok());
    value.ok_or_else(|| Misconfigured::new(name, Problem::Invalid))
}

fn one_of<T: Copy>(name: &str, value: &str, values: &[(&str, T)]) -> Result<T, Misconfigured> {
    let found = values.iter().find(|(word, _)| *word == value);
    found
        .map(|(_, value)| *value)
        .ok_or_else(|| Misconfigured::new(name, Problem::Invalid))
}

/// A name has no slash and does not begin with a dot, so an encoded one is refused here.
fn segment<T: FromStr>(name: &str, segment: Option<&str>) -> Result<Option<T>, Misconfigured> {
    match segment {
        None => Err(Misconfigured::new(name, Problem::Missing)),
        Some(NOT_NAMED) => Ok(None),
        Some(text) => percent::decode(text, Plus::Itself)
            .and_then(|text| text.parse().ok())
            .map(Some)
            .ok_or_else(|| Misconfigured::new(name, Problem::Invalid)),
    }
}

#[cfg(test)]
mod tests;
