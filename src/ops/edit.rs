//! How a change is asked for, and how it is answered.

use std::fmt::Display;

use crate::error::Result;
use crate::model::invalid::Invalid;

/// What becomes of one optional property.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It becomes this.
    Set(T),
    /// It goes.
    Clear,
}

impl<T: Clone> Change<T> {
    /// The property afterwards.
    pub(crate) fn applied(&self, before: Option<&T>) -> Option<T> {
        match self {
            Self::Keep => before.cloned(),
            Self::Set(value) => Some(value.clone()),
            Self::Clear => None,
        }
    }
}

/// What becomes of a list: additions and removals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListChange<T> {
    /// To be there afterwards.
    pub add: Vec<T>,
    /// Not to be there afterwards.
    pub remove: Vec<T>,
}

impl<T> Default for ListChange<T> {
    fn default() -> Self {
        Self {
            add: Vec::new(),
            remove: Vec::new(),
        }
    }
}

impl<T: Clone + Display> ListChange<T> {
    /// What makes `after` of `before`.
    pub(crate) fn towards(before: &[T], after: &[T], same: fn(&T, &T) -> bool) -> Self {
        let missing = |from: &[T], list: &[T]| -> Vec<T> {
            from.iter()
                .filter(|it| !list.iter().any(|other| same(it, other)))
                .cloned()
                .collect()
        };
        Self {
            add: missing(after, before),
            remove: missing(before, after),
        }
    }

    /// Refuses a change that contradicts itself.
    pub(crate) fn check(&self, same: fn(&T, &T) -> bool) -> Result<(), Invalid> {
        let twice = self
            .add
            .iter()
            .find(|a| self.remove.iter().any(|r| same(a, r)));
        match twice {
            None => Ok(()),
            Some(it) => Err(Invalid::new(
                "a valid change",
                format!("`{it}` is both added and removed"),
            )),
        }
    }

    /// Changes `list`; what was to be removed and is not there is told in `absent`.
    pub(crate) fn apply(
        &self,
        list: &mut Vec<T>,
        same: fn(&T, &T) -> bool,
        absent: &mut Vec<String>,
    ) {
        for gone in &self.remove {
            let before = list.len();
            list.retain(|it| !same(it, gone));
            if list.len() == before {
                absent.push(gone.to_string());
            }
        }
        for new in &self.add {
            if !list.iter().any(|it| same(it, new)) {
                list.push(new.clone());
            }
        }
    }
}

/// Whether a change was needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It was made.
    Changed,
    /// It was so already; nothing was written.
    AlreadySo,
}

/// What a change came to.
#[derive(Debug, Clone)]
pub struct Changed<S> {
    /// How the thing is now.
    pub summary: S,
    /// Whether anything was changed.
    pub effect: Effect,
    /// What was to be removed from a list and was not in it.
    pub absent: Vec<String>,
}

impl<S> Changed<S> {
    pub(crate) fn made(summary: S) -> Self {
        Self {
            summary,
            effect: Effect::Changed,
            absent: Vec::new(),
        }
    }

    pub(crate) fn already(summary: S) -> Self {
        Self {
            summary,
            effect: Effect::AlreadySo,
            absent: Vec::new(),
        }
    }
}

/// What to do about a name that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfThere {
    /// It is an error.
    Refuse,
    /// Say what differs from the draft, and change nothing (`--if-absent`).
    Compare,
}

/// What became of a draft.
#[derive(Debug, Clone)]
pub enum Added<S> {
    /// It was made.
    Made(S),
    /// The name is there already; nothing was changed.
    Existing {
        /// What is there.
        summary: S,
        /// The properties the draft named that are otherwise there: `email`, `groups`.
        differences: Vec<&'static str>,
    },
}

impl<S> Added<S> {
    /// What is there now, made or found.
    pub fn summary(&self) -> &S {
        match self {
            Self::Made(summary) | Self::Existing { summary, .. } => summary,
        }
    }
}

/// Collects the names of properties that a draft asks for and a record does not have.
#[derive(Default)]
pub(in crate::ops) struct Differences(pub(crate) Vec<&'static str>);

impl Differences {
    /// A property the draft may leave open.
    pub(crate) fn optional<T: PartialEq>(
        &mut self,
        what: &'static str,
        asked: Option<&T>,
        there: Option<&T>,
    ) {
        if asked.is_some() && asked != there {
            self.0.push(what);
        }
    }

    /// A list the draft may leave empty; order does not matter.
    pub(crate) fn list<T: PartialEq>(&mut self, what: &'static str, asked: &[T], there: &[T]) {
        let alike =
            asked.iter().all(|a| there.contains(a)) && there.iter().all(|t| asked.contains(t));
        if !asked.is_empty() && !alike {
            self.0.push(what);
        }
    }
}
