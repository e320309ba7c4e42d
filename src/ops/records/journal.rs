//! Audit facts: allow-listed, never a secret.

use std::collections::BTreeMap;
use std::fmt::Display;

use crate::barrier::Details;
use crate::model::audit::{Object, ObjectKind};
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::{CodeId, RecordId};
use crate::model::name::{EnvironmentName, ProfileName};
use crate::model::profile::Profile;
use crate::model::token::TokenRecord;

/// The maximum length of a value: a log row must not contain a long list.
const LONGEST: usize = 1000;

/// The reason for revoking or deleting again what a backup brought back.
pub(in crate::ops) const RESTORED: &str = "revoked before the backup was restored";

/// The reason for restricting again what a backup brought back.
pub(in crate::ops) const AS_BEFORE: &str = "as it was before the backup was restored";

/// The details of one entry.
#[derive(Debug, Clone, Default)]
pub(in crate::ops) struct LogFacts(BTreeMap<String, String>);

impl LogFacts {
    pub(in crate::ops) fn new() -> Self {
        Self::default()
    }

    /// Adds a fact, if it has a value.
    pub(in crate::ops) fn with(mut self, key: &str, value: Option<impl Display>) -> Self {
        if let Some(value) = value {
            self.0.insert(key.to_owned(), clipped(value.to_string()));
        }
        self
    }

    /// Adds the owner of a token, by name and, because names are reused, by record id.
    pub(in crate::ops) fn of(self, owner: RecordId, profile: Option<&ProfileName>) -> Self {
        self.with("profile", profile)
            .with("profile_id", Some(owner))
    }

    /// Adds a property before and after, if it changed.
    pub(in crate::ops) fn change(
        &mut self,
        key: &str,
        before: Option<impl Display>,
        after: Option<impl Display>,
    ) {
        let before = before.map(|value| value.to_string());
        let after = after.map(|value| value.to_string());
        if before == after {
            return;
        }
        for (side, value) in [("before", before), ("after", after)] {
            let value = clipped(value.unwrap_or_default());
            self.0.insert(format!("{key}.{side}"), value);
        }
    }

    /// Adds a list before and after, if it changed.
    pub(in crate::ops) fn list<T: Display>(&mut self, key: &str, before: &[T], after: &[T]) {
        self.change(key, Some(listed(before)), Some(listed(after)));
    }

    /// Records that a property changed whose value is not logged.
    pub(in crate::ops) fn mention(&mut self, key: &str, what: &str) {
        self.0.insert(key.to_owned(), what.to_owned());
    }

    /// Whether nothing changed.
    pub(in crate::ops) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<LogFacts> for Details {
    fn from(facts: LogFacts) -> Self {
        facts.0
    }
}

/// Formats values as one line.
pub(in crate::ops) fn listed<T: Display>(values: &[T]) -> String {
    values
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

fn clipped(value: String) -> String {
    match value.char_indices().nth(LONGEST) {
        None => value,
        Some((end, _)) => value
            .get(..end)
            .map(|head| format!("{head}…"))
            .unwrap_or_default(),
    }
}

pub(in crate::ops) fn profile(id: RecordId, profile: &Profile) -> Object {
    object(ObjectKind::Profile, id, profile.name.as_ref())
}

pub(in crate::ops) fn connection(id: RecordId, connection: &Connection) -> Object {
    object(ObjectKind::Connection, id, Some(&connection.name))
}

pub(in crate::ops) fn environment(id: RecordId, environment: &Environment) -> Object {
    object(ObjectKind::Environment, id, Some(&environment.name))
}

/// Mail settings of an environment, or the general ones, which have no id.
pub(in crate::ops) fn mail(
    owner: Option<RecordId>,
    environment: Option<&EnvironmentName>,
) -> Object {
    object(
        ObjectKind::Mail,
        owner.map(|id| id.to_string()).unwrap_or_default(),
        environment,
    )
}

pub(in crate::ops) fn token(token: &TokenRecord) -> Object {
    object(ObjectKind::Token, token.public, Some(&token.name))
}

/// A profile that does not exist. It is not named: the name may be a secret typed into the wrong
/// field.
pub(in crate::ops) fn nobody() -> Object {
    Object::new(ObjectKind::Profile, String::new(), None)
}

pub(in crate::ops) fn code(id: CodeId) -> Object {
    object(ObjectKind::Otp, id, None::<String>)
}

/// The store itself.
pub(in crate::ops) fn store() -> Object {
    Object::new(ObjectKind::Store, String::new(), None)
}

fn object(kind: ObjectKind, id: impl Display, name: Option<impl Display>) -> Object {
    Object::new(kind, id.to_string(), name.map(|it| it.to_string()))
}
