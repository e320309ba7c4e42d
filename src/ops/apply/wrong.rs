//! What is wrong with things that are declared: all of it at once.

use std::collections::HashSet;
use std::fmt::Display;

use crate::error::{Error, Result};
use crate::model::name::Canonical;

/// What is wrong with things that are declared.
#[derive(Default)]
pub(super) struct Wrong {
    errors: Vec<Error>,
    things: HashSet<(&'static str, Canonical)>,
}

impl Wrong {
    /// Takes what is wrong with one thing; an error that is not about it ends the run.
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

/// All that is wrong as one error; there is something.
pub(super) fn together(mut errors: Vec<Error>) -> Error {
    match (errors.pop(), errors.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            errors.extend(last);
            Error::Parts(errors)
        }
    }
}

/// Says which of many things it is that something is wrong with.
pub(super) fn part(kind: &str, name: &impl Display, source: Error) -> Error {
    match source {
        // What is wrong is not with the thing.
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
