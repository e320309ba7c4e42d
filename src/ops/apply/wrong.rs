//! Collects the errors in a declaration, to report all of them at once.

use std::collections::HashSet;
use std::fmt::Display;

use crate::error::{Error, Result};
use crate::model::name::Canonical;

/// The errors found in declared objects.
#[derive(Default)]
pub(super) struct Wrong {
    errors: Vec<Error>,
    things: HashSet<(&'static str, Canonical)>,
}

impl Wrong {
    /// Records an error in one object; an error that is not about the object ends the run.
    pub(super) fn note<T>(
        &mut self,
        kind: &'static str,
        name: &impl Display,
        canonical: Canonical,
        result: Result<T>,
    ) -> Result<Option<T>> {
        let error = match result {
            Ok(value) => return Ok(Some(value)),
            Err(error) => error,
        };
        self.things.insert((kind, canonical));
        match part(kind, name, error) {
            error @ Error::Part { .. } => {
                self.errors.push(error);
                Ok(None)
            }
            error => Err(error),
        }
    }

    pub(super) fn has(&self, kind: &'static str, name: &Canonical) -> bool {
        self.things.contains(&(kind, name.clone()))
    }

    pub(super) fn ensure_nothing(&mut self) -> Result<()> {
        let errors = std::mem::take(&mut self.errors);
        if errors.is_empty() {
            Ok(())
        } else {
            Err(together(errors))
        }
    }
}

/// Combines the errors into one; there is at least one.
pub(super) fn together(mut errors: Vec<Error>) -> Error {
    match (errors.pop(), errors.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            errors.extend(last);
            Error::Parts(errors)
        }
    }
}

/// Adds the object that an error is about.
pub(super) fn part(kind: &str, name: &impl Display, source: Error) -> Error {
    match source {
        // These errors are not about the object.
        Error::Storage(_)
        | Error::Integrity(_)
        | Error::Moved
        | Error::NoRandomness
        | Error::Bug(_) => source,
        source => Error::Part {
            what: format!("{kind} `{name}`"),
            source: source.into(),
        },
    }
}
