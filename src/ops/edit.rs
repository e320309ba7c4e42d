//! Requests for changes, and their results.

use std::fmt::Display;

use crate::error::Result;
use crate::model::invalid::Invalid;

/// The change of one optional property.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is set to this value.
    Set(T),
    /// It is removed.
    Clear,
}

impl<T: Clone> Change<T> {
    /// The property after the change.
    pub(crate) fn applied(&self, before: Option<&T>) -> Option<T> {
        match self {
            Self::Keep => before.cloned(),
            Self::Set(value) => Some(value.clone()),
            Self::Clear => None,
        }
    }
}

/// The change of a list: additions and removals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListChange<T> {
    /// Elements to add.
    pub add: Vec<T>,
    /// Elements to remove.
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
    /// The change from `before` to `after`.
    pub(crate) fn towards(before: &[T], after: &[T], same: fn(&T, &T) -> bool) -> Self {
        let missing = |from: &[T], list: &[T]| -> Vec<T> {
            from.iter()
                .filter(|value| !list.iter().any(|other| same(value, other)))
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
            Some(value) => Err(Invalid::new(
                "a valid change",
                format!("`{value}` is both added and removed"),
            )),
        }
    }

    /// Applies the change to `list`; elements to remove that are not in it are added to `absent`.
    pub(crate) fn apply(
        &self,
        list: &mut Vec<T>,
        same: fn(&T, &T) -> bool,
        absent: &mut Vec<String>,
    ) {
        for gone in &self.remove {
            let before = list.len();
            list.retain(|value| !same(value, gone));
            if list.len() == before {
                absent.push(gone.to_string());
            }
        }
        for new in &self.add {
            if !list.iter().any(|value| same(value, new)) {
                list.push(new.clone());
            }
        }
    }
}

/// Whether a change was necessary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The change was made.
    Changed,
    /// It was already up to date; nothing was written.
    AlreadySo,
}

/// The result of a change.
#[derive(Debug, Clone)]
pub struct Changed<S> {
    /// The object after the change.
    pub summary: S,
    /// Whether anything was changed.
    pub effect: Effect,
    /// The elements to remove that were not in the list.
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

/// What to do if the name already exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfThere {
    /// Return an error.
    Refuse,
    /// Compare with the draft, and change nothing (`--if-absent`).
    Compare,
}

/// The result of adding a draft.
#[derive(Debug, Clone)]
pub enum Added<S> {
    /// It was added.
    Made(S),
    /// The name exists already; nothing was changed.
    Existing {
        /// The existing object.
        summary: S,
        /// The properties in the draft that differ from it: `email`, `groups`.
        differences: Vec<&'static str>,
    },
}

impl<S> Added<S> {
    /// The object, added or found.
    pub fn summary(&self) -> &S {
        match self {
            Self::Made(summary) | Self::Existing { summary, .. } => summary,
        }
    }
}

/// Collects the names of the properties that a draft sets and a record lacks.
#[derive(Default)]
pub(in crate::ops) struct Differences(pub(crate) Vec<&'static str>);

impl Differences {
    /// Compares a property that the draft may leave open.
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

    /// Compares a list that the draft may leave empty, regardless of order.
    pub(crate) fn list<T: PartialEq>(&mut self, what: &'static str, asked: &[T], there: &[T]) {
        let alike =
            asked.iter().all(|a| there.contains(a)) && there.iter().all(|t| asked.contains(t));
        if !asked.is_empty() && !alike {
            self.0.push(what);
        }
    }
}
