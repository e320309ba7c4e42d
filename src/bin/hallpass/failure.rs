//! The unsuccessful end of a command, as it is reported to people and programs.

use std::error::Error as _;
use std::io;

use hallpass::Kind;
use hallpass::backend::Fault;
use hallpass::backend::location::BadLocation;
use hallpass::entropy::NoRandomness;
use hallpass::model::invalid::Invalid;
use hallpass::ops::Core;
use serde::Serialize;

use crate::exit::Exit;
use crate::hint::Hint;
use crate::hints::{self, MissingName};
use crate::output::sanitize::names_without_tokens;

/// What went wrong, why, and what to do next.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    message: String,
    causes: Vec<String>,
    hint: Option<Hint>,
    missing: Option<Box<MissingName>>,
    silent: bool,
    /// Whether the only problem is that a result could not be printed.
    about_output: bool,
    /// All errors in a declaration, this one included.
    parts: Vec<Part>,
}

/// One of several errors in a declaration.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Part {
    /// The path of names: `profiles.ci.email`.
    pub(crate) at: String,
    /// The line, if the error is in the file.
    pub(crate) line: Option<u64>,
    /// The error message.
    pub(crate) message: String,
}

impl Failure {
    /// Builds a failure of the front end.
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            causes: Vec::new(),
            hint: None,
            missing: None,
            silent: false,
            about_output: false,
            parts: Vec::new(),
        }
    }

    /// Builds a usage error.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Builds the failure of a standard output that did not accept a result.
    ///
    /// A reader that has seen enough, as `head` has, closes it on purpose, so nothing is reported.
    /// The exit code is 1.
    pub(crate) fn output(source: &io::Error) -> Self {
        let gone = source.kind() == io::ErrorKind::BrokenPipe;
        let kind = if gone { Kind::Failed } else { Kind::Storage };
        let failure = Self::new(kind, "standard output cannot be written").because(source);
        Self {
            silent: gone,
            about_output: true,
            ..failure
        }
    }

    /// Adds that the command succeeded, if only its result could not be printed.
    pub(crate) fn after_all(mut self, done: bool) -> Self {
        if self.about_output && done {
            self.message.push_str(", but the operation was completed");
            self.silent = false;
        }
        self
    }

    /// Adds what to do next.
    pub(crate) fn hint(self, hint: Hint) -> Self {
        Self {
            hint: Some(hint),
            ..self
        }
    }

    /// Adds the command to paste next, without the program's name.
    pub(crate) fn command(self, words: impl Into<String>) -> Self {
        self.hint(Hint::command(words))
    }

    /// Adds what to do next where no command helps.
    pub(crate) fn advice(self, text: impl Into<String>) -> Self {
        self.hint(Hint::advice(text))
    }

    /// Adds the cause, and its causes.
    pub(crate) fn because(mut self, cause: &dyn std::error::Error) -> Self {
        self.causes.push(cause.to_string());
        self
    }

    /// Collects all errors of a declaration whose positions are unknown.
    fn of_all(errors: Vec<hallpass::Error>) -> Self {
        let failures: Vec<_> = errors.into_iter().map(Self::from).collect();
        let part = |it: &Self| Part {
            at: String::new(),
            line: None,
            message: it.in_full(),
        };
        let parts = failures.iter().map(part).collect();
        let none = || Self::new(Kind::Bug, "nothing is wrong");
        failures
            .into_iter()
            .next()
            .unwrap_or_else(none)
            .among(parts)
    }

    /// Names the thing that it concerns: "token `ci/deploy`".
    pub(crate) fn of(self, thing: &str) -> Self {
        Self {
            message: format!("{thing}: {}", self.message),
            ..self
        }
    }

    /// Marks it as the first of several errors in a declaration.
    pub(crate) fn among(self, parts: Vec<Part>) -> Self {
        Self { parts, ..self }
    }

    /// Makes the command to paste name the store that this run named. `options` is the option: `
    /// --store X`.
    pub(crate) fn at(mut self, options: &str) -> Self {
        self.hint = self.hint.map(|hint| hint.aimed(options));
        self
    }

    /// Replaces the hint by a suggestion, if something that does not exist resembles something that
    /// does.
    pub(crate) fn or_suggest(mut self, core: Option<&mut Core>) -> Self {
        let suggestion = self
            .missing
            .as_ref()
            .zip(core)
            .and_then(|(it, core)| it.suggestion(core));
        self.hint = suggestion.or(self.hint);
        self
    }

    /// Returns its coarse kind.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the exit code.
    pub(crate) fn exit(&self) -> Exit {
        Exit::from(self.kind)
    }

    /// Returns what went wrong.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Returns the causes, the nearest first.
    pub(crate) fn causes(&self) -> &[String] {
        &self.causes
    }

    /// Returns the other errors in a declaration.
    pub(crate) fn others(&self) -> &[Part] {
        self.parts.get(1..).unwrap_or_default()
    }

    /// Formats what went wrong and why, in one line.
    pub(crate) fn in_full(&self) -> String {
        let parts = std::iter::once(&self.message).chain(&self.causes);
        parts.map(String::as_str).collect::<Vec<_>>().join(": ")
    }

    /// Returns what to do next.
    pub(crate) fn next(&self) -> Option<&Hint> {
        self.hint.as_ref()
    }

    /// Whether only the exit code reports it.
    pub(crate) fn is_silent(&self) -> bool {
        self.silent
    }

    /// Builds the JSON of `docs/json.md`; `safe` sanitizes what the caller typed.
    pub(crate) fn to_json(&self, safe: &dyn Fn(&str) -> String) -> impl Serialize {
        let message = safe(&self.in_full());
        let hint = self.next().map(|hint| safe(&hint.to_string()));
        let kind = self.kind.word();
        let Exit(exit) = self.exit();
        let part = |it: &Part| Part {
            at: safe(&names_without_tokens(&it.at)),
            line: it.line,
            message: safe(&it.message),
        };
        let errors = self.parts.iter().map(part).collect();
        ErrorDocument {
            error: Body {
                kind,
                message,
                hint,
                exit,
                errors,
            },
        }
    }
}

#[derive(Serialize)]
struct ErrorDocument {
    error: Body,
}

#[derive(Serialize)]
struct Body {
    kind: &'static str,
    message: String,
    hint: Option<String>,
    exit: u8,
    errors: Vec<Part>,
}

impl From<BadLocation> for Failure {
    fn from(bad: BadLocation) -> Self {
        let bad = match bad.into_fault() {
            Ok(fault) => return fault.into(),
            Err(bad) => bad,
        };
        let failure = Self::new(bad.kind(), bad.to_string());
        Self {
            hint: hints::of_location(&bad),
            ..failure
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        hallpass::Error::from(fault).into()
    }
}

impl From<NoRandomness> for Failure {
    fn from(error: NoRandomness) -> Self {
        hallpass::Error::from(error).into()
    }
}

impl From<hallpass::Error> for Failure {
    fn from(error: hallpass::Error) -> Self {
        if let hallpass::Error::Parts(all) = error {
            return Self::of_all(all);
        }
        if let hallpass::Error::Part { what, source } = error {
            let hint = hints::of_part(&source);
            return Self {
                hint,
                ..Self::from(*source).of(&what)
            };
        }
        let hint = hints::next(&error);
        let missing = MissingName::of(&error).map(Box::new);
        let mut failure = Self {
            hint,
            missing,
            ..Self::new(error.kind(), error.to_string())
        };
        let mut cause = error.source();
        while let Some(source) = cause {
            failure.causes.push(source.to_string());
            cause = source.source();
        }
        failure
    }
}

impl From<Invalid> for Failure {
    fn from(invalid: Invalid) -> Self {
        hallpass::Error::from(invalid).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_left_is_told_nothing_and_a_full_disk_is_told() {
        let gone = Failure::output(&io::ErrorKind::BrokenPipe.into());
        assert!(gone.is_silent());
        assert_eq!(gone.exit(), Exit(1));
        let full = Failure::output(&io::ErrorKind::StorageFull.into());
        assert!(!full.is_silent());
        assert_eq!(full.exit(), Exit(42));
    }
}
