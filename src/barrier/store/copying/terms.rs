//! How a store is copied, and what is said of it.

use serde::Serialize;

use crate::barrier::anchor::State;
use crate::error::{Error, Refusal};
use crate::model::audit::Actor;
use crate::model::time::Time;

/// How a store is copied.
#[derive(Debug, Clone, Copy)]
pub struct Copying<'a> {
    /// The source, as the log of the copy names it.
    pub from: &'a str,
    /// The target, as the log of the source names it.
    pub to: &'a str,
    /// What becomes of the source.
    pub source: Source,
    /// What this machine remembers of the target.
    pub state: &'a State,
    /// The time of the copy.
    pub at: Time,
    /// Who copies.
    pub actor: &'a Actor,
}

/// What becomes of the source of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// It refuses, from then on, and names the place of the copy.
    Moved,
    /// It goes on as a store of its own, with the same tokens.
    Kept,
}

impl Source {
    /// The word in the audit log and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Kept => "kept",
        }
    }
}

/// Where a copy begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Begun {
    /// The target was empty.
    Anew,
    /// The target held an unfinished copy.
    Unfinished,
    /// The copy was finished, and only the source was not yet left behind.
    Finished,
}

impl Begun {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Anew => "anew",
            Self::Unfinished => "unfinished",
            Self::Finished => "finished",
        }
    }
}

/// Receives how much of a copy is done, and the total.
pub(super) type Step<'a> = &'a mut dyn FnMut(u64, u64);

/// What the source must still be for a finished copy to replace it.
pub(super) fn changed_since() -> Error {
    Refusal::State(
        "the source was changed after its copy was finished; remove one of the two, and copy again"
            .into(),
    )
    .into()
}
