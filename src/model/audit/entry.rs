//! Entries of the log.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::action::{Action, ObjectKind};
use super::actor::Actor;
use crate::model::time::Time;

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When, by the wall clock.
    pub at: Time,
    /// The store's epoch that the change made.
    pub epoch: u64,
    /// Who.
    pub actor: Actor,
    /// What, as noun and verb: `token.add`.
    pub action: String,
    /// To what.
    pub object: Object,
    /// How it went.
    pub outcome: Outcome,
    /// Allow-listed facts, before and after. Never a secret.
    pub details: BTreeMap<String, String>,
}

impl Entry {
    /// What was done, if it is an action that this version knows.
    pub fn known_action(&self) -> Option<Action> {
        Action::of_word(&self.action)
    }
}

/// How it went: there are these, and no others (`docs/json.md`). It is written down as its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum Outcome {
    /// It was done.
    Done,
    /// A rule forbids it, a budget is spent, or what was presented is not valid.
    Refused,
    /// Something broke: a server, a line, a disk.
    Failed,
    /// What was made could not be delivered, and was taken back.
    Undelivered,
}

impl Outcome {
    /// All of them.
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
            .find(|it| it.word() == word)
            .ok_or("not an outcome")
    }
}

/// What it was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// The noun: `profile`, `token`, `store`.
    pub kind: String,
    /// Public id, or the record's id in hex.
    pub id: String,
    /// Its name then.
    pub name: Option<String>,
}

impl Object {
    /// A thing of that kind, by its id and the name that it has.
    pub fn new(kind: ObjectKind, id: String, name: Option<String>) -> Self {
        Self {
            kind: kind.word().to_owned(),
            id,
            name,
        }
    }

    /// Whether it is the thing of that kind with that id.
    pub fn is(&self, kind: ObjectKind, id: &str) -> bool {
        self.kind == kind.word() && self.id == id
    }
}
