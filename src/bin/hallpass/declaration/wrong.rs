//! The errors in a declaration: all of them, in the order of the file.

use std::collections::HashMap;
use std::fmt::Display;

use hallpass::Error;

use super::node::Position;
use crate::failure::{Failure, Part};

/// The errors and their positions.
#[derive(Default)]
pub(crate) struct Mistakes {
    found: Vec<Mistake>,
    /// Where each thing is declared, by its name in messages: "profile `ci`".
    things: HashMap<String, DeclaredAt>,
    /// The file's name in messages.
    file: String,
}

/// Where something is declared.
#[derive(Debug, Clone, Default)]
pub(super) struct DeclaredAt {
    /// The position in the file; `None` for what is not declared.
    pub(super) position: Option<Position>,
    /// The path of names: `profiles.ci.email`.
    pub(super) path: String,
}

struct Mistake {
    place: DeclaredAt,
    failure: Failure,
}

impl Mistakes {
    pub(super) fn new(file: String) -> Self {
        Self {
            file,
            ..Self::default()
        }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Counts them.
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// Remembers where a thing is declared.
    pub(super) fn declare(&mut self, thing: String, place: DeclaredAt) {
        self.things.insert(thing, place);
    }

    /// Adds an error at one position.
    pub(super) fn value(&mut self, place: DeclaredAt, what: &dyn Display) {
        let line = place
            .position
            .map(|at| format!(", line {}", at.line))
            .unwrap_or_default();
        let failure = Failure::usage(format!("{}{line}: {what}", self.file));
        self.found.push(Mistake { place, failure });
    }

    /// Adds an error about a thing as a whole.
    pub(super) fn thing(&mut self, thing: &str, what: &dyn Display) {
        self.failed(thing, Failure::usage(format!("{thing}: {what}")));
    }

    /// Adds a failure that concerns a thing.
    pub(super) fn failed(&mut self, thing: &str, failure: Failure) {
        let undeclared = || DeclaredAt {
            position: None,
            path: thing.to_owned(),
        };
        let place = self.things.get(thing).cloned().unwrap_or_else(undeclared);
        self.found.push(Mistake { place, failure });
    }

    /// Adds the objections of the core; returns any other error.
    pub(crate) fn refused(&mut self, error: Error) -> Result<(), Error> {
        match error {
            Error::Parts(all) => all.into_iter().try_for_each(|error| self.refused(error)),
            Error::Part { what, source } => {
                let thing = what.clone();
                self.failed(&thing, Error::Part { what, source }.into());
                Ok(())
            }
            other => Err(other),
        }
    }

    /// Returns all errors as one failure, which is the first in the file.
    pub(crate) fn into_failure(mut self) -> Option<Failure> {
        // Errors without a position come last.
        self.found
            .sort_by_key(|it| (it.place.position.is_none(), it.place.position));
        let part = |Mistake { place, failure }: &Mistake| Part {
            at: place.path.clone(),
            line: place.position.map(|at| at.line),
            message: failure.in_full(),
        };
        let parts = self.found.iter().map(part).collect();
        let first = self.found.into_iter().next()?.failure;
        Some(first.among(parts))
    }
}
