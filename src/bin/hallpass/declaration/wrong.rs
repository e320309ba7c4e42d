//! What is wrong with a declaration: all of it, in the order of the file.

use std::collections::HashMap;
use std::fmt::Display;

use hallpass::Error;

use super::node::Position;
use crate::failure::{Failure, Part};

/// What is wrong, and where.
#[derive(Default)]
pub(crate) struct Mistakes {
    found: Vec<Mistake>,
    /// Where each thing is declared, by what messages call it: "profile `ci`".
    things: HashMap<String, DeclaredAt>,
    /// What the file is called.
    file: String,
}

/// Where something is declared.
#[derive(Debug, Clone, Default)]
pub(super) struct DeclaredAt {
    /// In the file; nowhere for what is not declared.
    pub(super) position: Option<Position>,
    /// By names: `profiles.ci.email`.
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

    /// Whether nothing is.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How much is.
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// Remembers where a thing is declared.
    pub(super) fn declare(&mut self, thing: String, place: DeclaredAt) {
        self.things.insert(thing, place);
    }

    /// Adds what is not as it should be at one place.
    pub(super) fn value(&mut self, place: DeclaredAt, what: &dyn Display) {
        let line = place
            .position
            .map(|at| format!(", line {}", at.line))
            .unwrap_or_default();
        let failure = Failure::usage(format!("{}{line}: {what}", self.file));
        self.found.push(Mistake { place, failure });
    }

    /// Adds what does not fit together in a thing.
    pub(super) fn thing(&mut self, thing: &str, what: &dyn Display) {
        self.failed(thing, Failure::usage(format!("{thing}: {what}")));
    }

    /// Adds what failed for a thing.
    pub(super) fn failed(&mut self, thing: &str, failure: Failure) {
        let undeclared = || DeclaredAt {
            position: None,
            path: thing.to_owned(),
        };
        let place = self.things.get(thing).cloned().unwrap_or_else(undeclared);
        self.found.push(Mistake { place, failure });
    }

    /// Adds what the core has against it; another error is given back.
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

    /// All of it as one failure, which is the first in the file.
    pub(crate) fn into_failure(mut self) -> Option<Failure> {
        // What is not in the file comes last.
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
