//! What the audit log says.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use serde::{Deserialize, Serialize, Serializer};

use super::invalid::Invalid;
use super::time::Time;

mod action;

pub use action::{Action, ObjectKind};

/// A place in the log, and the head of its chain there: it stands for every entry up to it.
///
/// Text is `12:` and 64 hex digits. It is no secret: who keeps it elsewhere can prove later that
/// nothing up to it was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogHead {
    /// The number of the entry, from 1.
    pub seq: u64,
    /// The head after it.
    pub head: [u8; 32],
}

impl fmt::Display for LogHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}:{}", self.seq, HEXLOWER.encode(&self.head)))
    }
}

impl FromStr for LogHead {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let parsed = || {
            let (seq, head) = text.split_once(':')?;
            let seq = seq.bytes().all(|c| c.is_ascii_digit()).then(|| seq.parse().ok())??;
            let bytes = HEXLOWER_PERMISSIVE.decode(head.as_bytes()).ok()?;
            Some(Self { seq, head: bytes.try_into().ok()? })
        };
        let hint = "use what `hallpass audit head` printed: a number, `:` and 64 hex digits";
        parsed().ok_or_else(|| Invalid::new("a head of the log", hint))
    }
}

impl Serialize for LogHead {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

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
        Self::ALL.into_iter().find(|it| it.word() == word).ok_or("no outcome has this word")
    }
}

/// Who did it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Real user id.
    pub uid: u32,
    /// Effective user id.
    pub euid: u32,
    /// Login name, where known.
    pub login: Option<String>,
    /// Who called `sudo`, as `sudo` says.
    pub sudo_user: Option<String>,
    /// The terminal.
    pub tty: Option<String>,
    /// The host's name.
    pub host: Option<String>,
    /// Process id.
    pub pid: u32,
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
        Self { kind: kind.word().to_owned(), id, name }
    }

    /// Whether it is the thing of that kind with that id.
    pub fn is(&self, kind: ObjectKind, id: &str) -> bool {
        self.kind == kind.word() && self.id == id
    }
}
