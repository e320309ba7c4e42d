//! What a declaration would change, and what that would stop.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use super::Undeclared;
use crate::barrier::Writer;
use crate::error::Result;
use crate::model::audit::Entry;
use crate::model::id::TokenId;
use crate::model::time::Time;
use crate::model::verdict::Reason;
use crate::ops::Core;
use crate::ops::impact::Impact;
use crate::ops::lookup::Moment;
use crate::ops::token::{self, Held};

/// What would change, and what would stop.
#[derive(Serialize)]
pub struct Plan {
    /// Each change, in the order in which they are made.
    pub changes: Vec<Step>,
    /// Tokens that are valid now and would not be.
    pub stops: Impact,
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
    /// Its properties; of one that changes, `PROPERTY.before` and `PROPERTY.after`.
    pub details: BTreeMap<String, String>,
}

impl Step {
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        let key = |it: &Self| (it.action.clone(), it.kind.clone(), it.name.clone());
        key(self) == key(other)
    }

    /// Whether it only adds, or keeps what it replaces good for a while.
    pub(super) fn adds(&self) -> bool {
        matches!(self.action.as_str(), "add" | "import")
    }

    /// Whether it takes something away, for good or for a while.
    pub fn takes_away(&self) -> bool {
        matches!(self.action.as_str(), "delete" | "revoke" | "suspend" | "block")
    }
}

impl Plan {
    /// Whether everything is as it is to be.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether somebody has to agree first: something stops, or is taken away.
    pub fn needs_consent(&self) -> bool {
        self.stops.tokens > 0 || self.changes.iter().any(Step::takes_away)
    }
}

/// What an audit row says that a reader of a plan has use for.
pub(super) fn step(entry: Entry, places: &HashMap<String, &str>) -> Step {
    let Entry { action, object, mut details, .. } = entry;
    let (kind, action) = action.split_once('.').unwrap_or(("", &action));
    let name = object.name.unwrap_or(object.id);
    let name = match details.remove("profile") {
        Some(profile) => format!("{profile}/{name}"),
        None => name,
    };
    for internal in ["profile_id", "successor"] {
        details.remove(internal);
    }
    let brings = kind == "token" && matches!(action, "add" | "rotate");
    if let Some(place) = places.get(&name.to_ascii_lowercase()).filter(|_| brings) {
        details.insert("to".to_owned(), (*place).to_owned());
    }
    Step { action: action.to_owned(), kind: kind.to_owned(), name, details }
}

/// The tokens that are valid as a transaction has left them.
pub(super) fn valid(w: &mut Writer<'_>) -> Result<HashSet<TokenId>> {
    w.flush()?;
    let (moment, mut valid) = (Moment::new(w, w.now()), HashSet::new());
    token::each_live(
        w,
        moment,
        |_| true,
        |r, opened, record| {
            if token::summary(r, opened, moment, record)?.effective == Reason::Valid {
                valid.insert(record.public);
            }
            Ok(())
        },
    )?;
    Ok(valid)
}

/// Counts the tokens that are valid now and are not among those that will be.
pub(super) fn count_stopped(
    core: &mut Core,
    valid: &HashSet<TokenId>,
    stops: &mut Impact,
) -> Result<()> {
    let now: Time = core.now();
    core.read(|r| {
        let moment = Moment::new(r, now);
        token::each_live(
            r,
            moment,
            |record| !valid.contains(&record.public),
            |r, opened, record| {
                stops.count(&token::summary(r, opened, moment, record)?);
                Ok(())
            },
        )
    })?;
    stops.examples.sort();
    Ok(())
}
