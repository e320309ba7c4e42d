//! What a declaration would change, and what that would stop.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use super::Undeclared;
use crate::barrier::Writer;
use crate::error::Result;
use crate::model::audit::Entry;
use crate::model::id::TokenId;
use crate::model::verdict::Reason;
use crate::ops::impact::Impact;
use crate::ops::lookup::Moment;
use crate::ops::token::{self, Held, Occupant};

/// What would change, and what would stop.
#[derive(Serialize)]
pub struct Plan {
    /// Each change, in the order in which they are made.
    pub changes: Vec<Step>,
    /// Tokens that are valid now and would not be.
    pub stops: Impact,
    /// These tokens, by their addresses.
    #[serde(skip)]
    pub(super) stopping: Stopping,
    #[serde(skip)]
    pub(super) undeclared: Undeclared,
    /// What the place of each declared token held.
    #[serde(skip)]
    pub(super) held: Vec<Held>,
    /// Which declared tokens are made.
    #[serde(skip)]
    pub(super) made: Vec<bool>,
}

/// One change, as the log tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What is done: `add`, `edit`, `delete`, `suspend`, `rotate` and so on.
    pub action: String,
    /// To what: `environment`, `connection`, `profile`, `token`.
    pub kind: String,
    /// Its name; of a token `PROFILE/NAME`.
    pub name: String,
    /// Its id in the log, which is another one each time for what is added.
    #[serde(skip)]
    id: String,
    /// Its properties; of one that changes, `PROPERTY.before` and `PROPERTY.after`.
    pub details: BTreeMap<String, String>,
}

impl Step {
    /// What is done, to what. When a token ends is not a part of that: it is counted from when it is
    /// made. Nor is the id of what this run has made: that is another one each time.
    fn essence(&self, made: &HashSet<&str>) -> impl PartialEq + use<'_> {
        let mut facts = self.details.clone();
        facts.remove("expires_at");
        let id = (!made.contains(self.id.as_str())).then_some(self.id.as_str());
        (self.action.as_str(), self.kind.as_str(), self.name.as_str(), id, facts)
    }

    /// Whether it makes something that was not there, and touches nothing else.
    pub fn adds(&self) -> bool {
        matches!(self.action.as_str(), "add" | "import")
    }

    /// Whether somebody has to agree to it: it takes something away, for good or for a while. What is
    /// not known to be harmless has to be agreed to.
    pub fn needs_consent(&self) -> bool {
        !self.adds() && !matches!(self.action.as_str(), "edit" | "rotate" | "resume" | "unblock")
    }
}

impl Plan {
    /// Whether everything is as it is to be.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether these changes, which stop these tokens, are what was planned, and stop no more.
    pub(super) fn covers(&self, changes: &[Step], stopping: &Stopping) -> bool {
        let (now, then) = (made(changes), made(&self.changes));
        changes.len() == self.changes.len()
            && changes.iter().zip(&self.changes).all(|(a, b)| a.essence(&now) == b.essence(&then))
            && stopping.keys().all(|id| self.stopping.contains_key(id))
    }

    /// Whether somebody has to agree first: something stops, or is taken away.
    pub fn needs_consent(&self) -> bool {
        self.stops.tokens > 0 || self.changes.iter().any(Step::needs_consent)
    }
}

/// The ids of what changes make.
fn made(changes: &[Step]) -> HashSet<&str> {
    changes.iter().filter(|step| step.adds()).map(|step| step.id.as_str()).collect()
}

/// Where a secret goes.
pub(super) struct Place<'a> {
    /// As people call it.
    pub(super) called: &'a str,
    /// What it replaces there.
    pub(super) occupant: Option<Occupant>,
}

/// What an audit row says that a reader of a plan has use for.
pub(super) fn step(entry: Entry, places: &HashMap<String, Place<'_>>) -> Step {
    let Entry { action, object, mut details, .. } = entry;
    let (kind, action) = action.split_once('.').unwrap_or(("", &action));
    let (id, name) = (object.id.clone(), object.name.unwrap_or_else(|| object.id.clone()));
    let name = match details.remove("profile") {
        Some(profile) => format!("{profile}/{name}"),
        None => name,
    };
    for internal in ["profile_id", "successor"] {
        details.remove(internal);
    }
    if action == "rotate" {
        details.insert("replaces".to_owned(), id.clone());
    }
    let brings = kind == "token" && matches!(action, "add" | "rotate");
    if let Some(place) = places.get(&name.to_ascii_lowercase()).filter(|_| brings) {
        details.insert("to".to_owned(), place.called.to_owned());
        if let Some(occupant) = place.occupant {
            details.insert("to.replaces".to_owned(), occupant.words().to_owned());
        }
    }
    Step { action: action.to_owned(), kind: kind.to_owned(), name, id, details }
}

/// Tokens that are valid before and not after, with their addresses.
pub(super) type Stopping = HashMap<TokenId, String>;

/// The tokens that are valid as a transaction has left them.
pub(super) fn valid(w: &mut Writer<'_>) -> Result<Stopping> {
    w.flush()?;
    let (moment, mut valid) = (Moment::new(w, w.now()), HashMap::new());
    token::each_live(
        w,
        moment,
        |_| true,
        |r, opened, record| {
            let token = token::summary(r, opened, moment, record)?;
            if token.effective == Reason::Valid {
                valid.insert(token.id, token.address());
            }
            Ok(())
        },
    )?;
    Ok(valid)
}
