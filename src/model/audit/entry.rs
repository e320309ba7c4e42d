//! Entries of the audit log.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::action::{Action, ObjectKind};
use super::actor::Actor;
use crate::model::time::Time;

/// One entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When it happened, by the wall clock.
    pub at: Time,
    /// The store's epoch after the change.
    pub epoch: u64,
    /// Who did it.
    pub actor: Actor,
    /// The action, as noun and verb: `token.add`.
    pub action: String,
    /// What it was done to.
    pub object: Object,
    /// The outcome.
    pub outcome: Outcome,
    /// Allow-listed facts, before and after. Never a secret.
    pub details: BTreeMap<String, String>,
}

impl Entry {
    /// The action, if this version knows it.
    pub fn known_action(&self) -> Option<Action> {
        Action::of_word(&self.action)
    }
}

/// The outcome of an action. The list is complete (`docs/json.md`); it is stored as its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum Outcome {
    /// It was done.
    Done,
    /// A rule forbids it, a budget is spent, or what was presented is not valid.
    Refused,
    /// Something broke: a server, a connection, a disk.
    Failed,
    /// What was created could not be delivered and was rolled back.
    Undelivered,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 4] = [Self::Done, Self::Refused, Self::Failed, Self::Undelivered];

    /// The word in the log and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Undelivered => "undelivered",
        }
    }
}

impl From<Outcome> for &'static str {
    fn from(outcome: Outcome) -> Self {
        outcome.word()
    }
}

impl TryFrom<String> for Outcome {
    type Error = &'static str;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        Self::ALL
            .into_iter()
            .find(|outcome| outcome.word() == word)
            .ok_or("not an outcome")
    }
}

/// The object of an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// The noun: `profile`, `token`, `store`.
    pub kind: String,
    /// Public id, or the record's id in hex.
    pub id: String,
    /// Its name at that time.
    pub name: Option<String>,
}

impl Object {
    /// An object of this kind, by its id and current name.
    pub fn new(kind: ObjectKind, id: String, name: Option<String>) -> Self {
        Self {
            kind: kind.word().to_owned(),
            id,
            name,
        }
    }

    /// Whether this is the object of that kind with that id.
    pub fn is(&self, kind: ObjectKind, id: &str) -> bool {
        self.kind == kind.word() && self.id == id
    }
}
