//! What a declaration would change, and what the change stops and opens.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use super::declaration::{Access, Declaration, Undeclared};
use crate::model::any::ANY;
use crate::model::audit::{Action, Entry, ObjectKind};
use crate::ops::edit::Change;
use crate::ops::impact::{Impact, Opening};
use crate::ops::records::occupant::Occupant;
use crate::ops::token::{SinkContent, Source};

/// The planned changes and their impact.
#[derive(Serialize)]
pub struct Plan {
    /// Each change, in the order in which they are made.
    pub changes: Vec<Step>,
    /// The impact: what stops and what opens.
    pub stops: Impact,
    #[serde(skip)]
    pub(super) undeclared: Undeclared,
    /// The content of each declared token's sink.
    #[serde(skip)]
    pub(super) held: Vec<SinkContent>,
    /// Which declared tokens are issued.
    #[serde(skip)]
    pub(super) made: Vec<bool>,
}

/// One planned change, derived from an audit row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The action: `add`, `edit`, `delete`, `suspend`, `rotate` and so on.
    pub action: String,
    /// The kind of its object: `environment`, `connection`, `profile`, `token`.
    pub kind: String,
    /// The object's name; `PROFILE/NAME` for a token.
    pub name: String,
    /// [`Self::action`] and [`Self::kind`] as a value, for decisions.
    #[serde(skip)]
    done: Option<Action>,
    /// [`Self::kind`] as a value.
    #[serde(skip)]
    of: Option<ObjectKind>,
    /// The object's id in the log. For an object that is added, each run draws a new one.
    #[serde(skip)]
    id: String,
    /// Its properties; for a change, `PROPERTY.before` and `PROPERTY.after`. A restricting property
    /// that is not set is `any`.
    pub details: BTreeMap<String, String>,
}

/// The properties that restrict an object of this kind; they do not without a value.
fn restricting(kind: Option<ObjectKind>) -> &'static [&'static str] {
    match kind {
        Some(ObjectKind::Connection) => &["group", "token_lifetime", "allow_ip", "deny_ip"],
        Some(ObjectKind::Profile) => &["connections"],
        Some(ObjectKind::Token) => &["connection", "device", "allow_ip"],
        _ => &[],
    }
}

impl Step {
    /// Whether an audit row only reports the consequence of another change: the tokens that end
    /// with their profile, many in a row. A plan counts them as stopped.
    pub(super) fn follows(entry: &Entry) -> bool {
        entry.known_action() == Some(Action::TokenRevoke) && entry.details.contains_key("tokens")
    }

    /// The change that an audit row records, as a plan shows it.
    pub(super) fn new(entry: Entry, labels: &Labels<'_>) -> Self {
        let done = entry.known_action();
        let Entry {
            action,
            object,
            mut details,
            ..
        } = entry;
        let (kind, action) = action.split_once('.').unwrap_or(("", &action));
        let id = object.id.clone();
        let name = object.name.unwrap_or_else(|| object.id.clone());
        let name = match details.remove("profile") {
            Some(profile) => format!("{profile}/{name}"),
            None => name,
        };
        for internal in ["profile_id", "successor"] {
            details.remove(internal);
        }
        if done == Some(Action::TokenRotate) {
            details.insert("replaces".to_owned(), id.clone());
        }
        let of = ObjectKind::of_word(kind);
        for property in restricting(of) {
            for side in ["before", "after"] {
                if let Some(value) = details.get_mut(&format!("{property}.{side}"))
                    && value.is_empty()
                {
                    ANY.clone_into(value);
                }
            }
        }
        let action = action.to_owned();
        let kind = kind.to_owned();
        let mut step = Self {
            action,
            kind,
            name,
            done,
            of,
            id,
            details,
        };
        labels.complete(&mut step);
        step
    }

    /// What is changed, for comparing two runs. Excluded are the expiry, which counts from the time
    /// of issue, and the ids of objects added in this run.
    fn essence(&self, made: &HashSet<&str>) -> impl PartialEq + use<'_> {
        let mut facts = self.details.clone();
        facts.remove("expires_at");
        let id = (!made.contains(self.id.as_str())).then_some(self.id.as_str());
        (
            self.action.as_str(),
            self.kind.as_str(),
            self.name.as_str(),
            id,
            facts,
        )
    }

    /// Whether it adds a new object and affects nothing else.
    pub fn adds(&self) -> bool {
        let Some(done) = self.done else { return false };
        matches!(
            done,
            Action::ConnectionAdd
                | Action::EnvironmentAdd
                | Action::ProfileAdd
                | Action::TokenAdd
                | Action::TokenImport
        )
    }

    /// Whether it needs consent: it removes something, permanently or for a while. What is not
    /// known to be harmless needs consent.
    pub fn needs_consent(&self) -> bool {
        let harmless = self.done.is_some_and(|done| {
            matches!(
                done,
                Action::ConnectionEdit
                    | Action::ConnectionUnblock
                    | Action::EnvironmentEdit
                    | Action::ProfileEdit
                    | Action::ProfileResume
                    | Action::TokenResume
                    | Action::TokenRotate
            )
        });
        let leaves_all_groups = self
            .details
            .get("groups.after")
            .is_some_and(String::is_empty);
        !self.adds() && (!harmless || leaves_all_groups)
    }

    /// The restrictions that a rotated token loses. Those of profiles and connections are found by
    /// comparing their records.
    pub(super) fn openings(&self) -> impl Iterator<Item = Opening> {
        let lifted = |property: &&str| {
            let side = |side| self.details.get(&format!("{property}.{side}"));
            self.of == Some(ObjectKind::Token)
                && side("after").is_some_and(|value| value == ANY)
                && { side("before").is_some_and(|value| value != ANY) }
        };
        let properties = restricting(self.of)
            .iter()
            .filter(move |property| lifted(property));
        properties.map(|property| Opening {
            kind: "token",
            name: self.name.clone(),
            what: match *property {
                "connection" => "is valid for any connection that its profile may use",
                "device" => "is valid on any device",
                _ => "may be used from any address",
            }
            .to_owned(),
            lifted: true,
        })
    }
}

/// What a declaration specifies and the log does not contain: the sinks, and properties declared
/// `any`.
pub(super) struct Labels<'a> {
    sinks: HashMap<String, PlannedSink<'a>>,
    any: HashMap<(ObjectKind, String), Vec<&'static str>>,
}

impl<'a> Labels<'a> {
    pub(super) fn new(declared: &'a Declaration, held: &[SinkContent]) -> Self {
        let tokens = declared.tokens.iter().zip(held);
        let placed = tokens.filter_map(|(token, held)| match &token.source {
            Source::Sink { display_name, .. } => Some((
                key(&token.address()),
                PlannedSink {
                    display_name,
                    occupant: held.occupant(),
                },
            )),
            _ => None,
        });
        Self {
            sinks: placed.collect(),
            any: open_to_any(declared),
        }
    }

    fn complete(&self, step: &mut Step) {
        let name = key(&step.name);
        let brings = matches!(step.done, Some(Action::TokenAdd | Action::TokenRotate));
        if let Some(sink) = self.sinks.get(&name).filter(|_| brings) {
            step.details
                .insert("to".to_owned(), sink.display_name.to_owned());
            if let Some(occupant) = sink.occupant {
                step.details
                    .insert("to.replaces".to_owned(), occupant.words().to_owned());
            }
        }
        if !step.adds() {
            return;
        }
        let Some(kind) = step.of else { return };
        for property in self.any.get(&(kind, name)).into_iter().flatten() {
            step.details
                .entry((*property).to_owned())
                .or_insert_with(|| ANY.to_owned());
        }
    }
}

/// The properties of each thing that are declared to be open to any.
fn open_to_any(declared: &Declaration) -> HashMap<(ObjectKind, String), Vec<&'static str>> {
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    let mut add = |kind, name: &str, properties: &[(&'static str, bool)]| {
        for (property, is_open) in properties {
            if *is_open {
                found.entry((kind, key(name))).or_default().push(*property);
            }
        }
    };
    for it in &declared.connections {
        let properties = [
            ("group", it.group == Change::Clear),
            ("token_lifetime", it.token_lifetime == Change::Clear),
            ("allow_ip", it.allow_ip == Change::Clear),
            ("deny_ip", it.deny_ip == Change::Clear),
        ];
        add(ObjectKind::Connection, &it.name.to_string(), &properties);
    }
    for it in &declared.profiles {
        let properties = [("connections", it.access == Some(Access::Any))];
        add(ObjectKind::Profile, &it.name.to_string(), &properties);
    }
    for it in &declared.tokens {
        let properties = [
            ("connection", it.uses.connection == Change::Clear),
            ("device", it.uses.device == Change::Clear),
            ("allow_ip", it.uses.allow_ip == Change::Clear),
        ];
        add(ObjectKind::Token, &it.address(), &properties);
    }
    found
}

/// The sink of a secret.
struct PlannedSink<'a> {
    /// Its display name.
    display_name: &'a str,
    /// The content to be replaced.
    occupant: Option<Occupant>,
}

/// The key of a name: names are compared without regard to case.
fn key(name: &str) -> String {
    name.to_ascii_lowercase()
}

impl Plan {
    /// Whether the store already matches the declaration.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether these changes and this impact match the plan: the same changes, and nothing more
    /// stops.
    pub(super) fn covers(&self, changes: &[Step], impact: &Impact) -> bool {
        let now = made(changes);
        let then = made(&self.changes);
        changes.len() == self.changes.len()
            && changes
                .iter()
                .zip(&self.changes)
                .all(|(a, b)| a.essence(&now) == b.essence(&then))
            && impact.stops_no_more_than(&self.stops)
    }

    /// Whether the plan needs consent: something stops, a restriction is lifted, or something is
    /// removed.
    pub fn needs_consent(&self) -> bool {
        self.stops.stops()
            || self.stops.opens.iter().any(|opening| opening.lifted)
            || self.changes.iter().any(Step::needs_consent)
    }
}

/// The ids of the objects that the changes add.
fn made(changes: &[Step]) -> HashSet<&str> {
    changes
        .iter()
        .filter(|step| step.adds())
        .map(|step| step.id.as_str())
        .collect()
}
