//! Filters for audit log entries.

use std::str::FromStr;

use super::record::LogRecord;
use crate::barrier::Reader;
use crate::core::Core;
use crate::error::{Error, Result, Subject};
use crate::model::audit::{Entry, ObjectKind};
use crate::model::connection::Connection;
use crate::model::id::{RecordId, TokenId};
use crate::model::invalid::Invalid;
use crate::model::name::{ConnectionName, ProfileName};
use crate::model::profile::Profile;
use crate::model::time::{Since, Time};
use crate::model::token::TokenAddress;
use crate::ops::records::lookup;
use crate::ops::records::token::Target;
use crate::ops::token::show;

/// Selects the entries for which every condition holds.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// About this profile or one of its tokens.
    pub profile: Option<ProfileRef>,
    /// About this token.
    pub token: Option<TokenAddress>,
    /// About this connection, or referring to it.
    pub connection: Option<ConnectionName>,
    /// With this action.
    pub action: Option<ActionFilter>,
    /// At this time or later.
    pub since: Option<Since>,
    /// Before this time.
    pub until: Option<Since>,
}

/// A profile, by its name or, once it is deleted, by the id that its entries show.
#[derive(Debug, Clone)]
pub struct ProfileRef {
    name: Option<ProfileName>,
    id: Option<RecordId>,
}

impl ProfileRef {
    /// Its record id. The name of a live profile takes precedence over an id that looks the same.
    fn resolve(&self, r: &mut Reader<'_>) -> Result<RecordId> {
        let Some(name) = &self.name else {
            return self.id.ok_or(Error::Bug("a profile is meant"));
        };
        let found = lookup::find::<Profile>(r, name)?.map(|(id, _)| id);
        found
            .or(self.id)
            .ok_or_else(|| Error::NotFound(Subject::Profile(name.clone())))
    }
}

impl FromStr for ProfileRef {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let name = text.parse::<ProfileName>();
        let id = text.parse().ok();
        match (name, id) {
            (Err(invalid), None) => Err(invalid),
            (name, id) => Ok(Self {
                name: name.ok(),
                id,
            }),
        }
    }
}

/// An action: `token.revoke`, or every action on one kind of object: `token`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionFilter(String);

impl ActionFilter {
    fn covers(&self, action: &str) -> bool {
        let rest = action.strip_prefix(self.0.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl FromStr for ActionFilter {
    type Err = Invalid;

    /// Parses a noun, or a noun and a verb as commands spell them: `rotate-key` is `rotate_key`.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let word = |word: &str| {
            let fits = |c: char| c.is_ascii_lowercase() || c == '-' || c == '_';
            !word.is_empty() && word.chars().all(fits)
        };
        if text.len() <= 64 && text.split('.').count() <= 2 && text.split('.').all(word) {
            return Ok(Self(text.replace('-', "_")));
        }
        Err(Invalid::new(
            "an action",
            "use a noun, or a noun and a verb: `token`, `token.revoke`",
        ))
    }
}

/// A filter with resolved names.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    profile: Option<String>,
    token: Option<String>,
    connection: Option<NamedConnection>,
    action: Option<ActionFilter>,
    since: Option<Time>,
    until: Option<Time>,
}

#[derive(Debug, Clone)]
struct NamedConnection {
    id: String,
    name: ConnectionName,
}

impl Choice {
    /// Whether the filter selects this entry.
    pub fn picks(&self, entry: &Entry) -> bool {
        self.profile
            .as_ref()
            .is_none_or(|id| entry.object.is(ObjectKind::Profile, id) || has_owner(entry, id))
            && self.token.as_ref().is_none_or(|id| is_of_token(entry, id))
            && self.connection.as_ref().is_none_or(|connection| {
                entry.object.is(ObjectKind::Connection, &connection.id)
                    || names_connection(entry, &connection.name)
            })
            && self
                .action
                .as_ref()
                .is_none_or(|action| action.covers(&entry.action))
            && self.since.is_none_or(|since| entry.at >= since)
            && self.until.is_none_or(|until| entry.at < until)
    }

    pub(super) fn show(
        &self,
        record: LogRecord,
        show: &mut dyn FnMut(LogRecord) -> Result<()>,
    ) -> Result<()> {
        if self.picks(&record.entry) {
            show(record)
        } else {
            Ok(())
        }
    }
}

/// Resolves the names of a filter once, so that a rename does not change what it selects.
///
/// # Errors
///
/// The filter refers to a profile, token or connection that does not exist.
pub fn choose(core: &mut Core, filter: &Filter) -> Result<Choice> {
    let Filter {
        profile,
        token,
        connection,
        action,
        since,
        until,
    } = filter;
    let now = core.now();
    let token = match token {
        None => None,
        // The log still contains tokens that the store has removed.
        Some(TokenAddress::Id(id)) => Some(*id),
        Some(address) => Some(show(core, &Target::from(address.clone()))?.id),
    };
    core.read(|r| {
        let profile = profile
            .as_ref()
            .map(|profile| profile.resolve(r))
            .transpose()?;
        let connection = match connection {
            None => None,
            Some(name) => {
                let (id, connection) = lookup::named::<Connection>(r, name)?;
                Some(NamedConnection {
                    id: id.to_string(),
                    name: connection.name,
                })
            }
        };
        Ok(Choice {
            profile: profile.as_ref().map(RecordId::to_string),
            token: token.as_ref().map(TokenId::to_string),
            connection,
            action: action.clone(),
            since: since.map(|since| since.resolve(now)),
            until: until.map(|since| since.resolve(now)),
        })
    })
}

fn has_owner(entry: &Entry, id: &str) -> bool {
    entry
        .details
        .get("profile_id")
        .is_some_and(|owner| owner == id)
}

/// One entry may cover many tokens that were issued together.
fn is_of_token(entry: &Entry, id: &str) -> bool {
    entry.object.is(ObjectKind::Token, id) || lists(entry, "tokens", |listed| listed == id)
}

fn names_connection(entry: &Entry, name: &ConnectionName) -> bool {
    [
        "connection",
        "connections",
        "connections.before",
        "connections.after",
    ]
    .iter()
    .any(|key| {
        let is_it = |other: ConnectionName| other.canonical() == name.canonical();
        lists(entry, key, |listed| listed.parse().is_ok_and(is_it))
    })
}

fn lists(entry: &Entry, key: &str, is_it: impl Fn(&str) -> bool) -> bool {
    entry
        .details
        .get(key)
        .is_some_and(|list| list.split(", ").any(is_it))
}
