//! The only writer of standard output and standard error.

use std::io::Write as _;
use std::panic;

use crate::cli::global::Format;
use crate::failure::Failure;
use crate::output::mask::{self, Masked};
use crate::output::{json, sanitize};
use crate::stdio::{Stderr, Stdout};

const RED: &str = "\u{1b}[1;31m";
const YELLOW: &str = "\u{1b}[1;33m";
const CYAN: &str = "\u{1b}[1;36m";
const PLAIN: &str = "\u{1b}[0m";

/// Messages on standard error, apart from the results.
///
/// Where errors are JSON, standard error holds one object: the error or, on success, the messages.
/// Messages are held back until the end, and dropped on an error.
pub(crate) struct Report {
    format: Format,
    color: bool,
    quiet: bool,
    kept: Vec<String>,
}

impl Report {
    /// Creates a report for errors in `format`; `color` is whether standard error is coloured.
    pub(crate) fn new(format: Format, color: bool, quiet: bool) -> Self {
        Self {
            format,
            color,
            quiet,
            kept: Vec::new(),
        }
    }

    /// Whether `--quiet` is set.
    #[cfg(feature = "server")]
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Returns the stream for results.
    pub(crate) fn results() -> Masked<Stdout> {
        Masked::new(Stdout)
    }

    /// Prints a note, unless `--quiet` is set.
    pub(crate) fn note(&mut self, text: &str) {
        if !self.quiet {
            self.say(sanitize::block(text));
        }
    }

    /// Prints a warning.
    pub(crate) fn warn(&mut self, text: &str) {
        let text = format!(
            "{}: {}",
            self.paint(YELLOW, "warning"),
            sanitize::block(text)
        );
        self.say(text);
    }

    /// Reports a failure, as text or as one JSON object, unless it is silent.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        self.kept.clear();
        if failure.is_silent() {
            return;
        }
        if self.format.is_json() {
            let mut line = Vec::new();
            if json::document(&mut line, &failure.to_json(&masked)).is_ok() {
                write_line(&String::from_utf8_lossy(&line));
            }
        } else {
            write_line(&self.failure_text(failure));
        }
    }

    /// Prints the messages that were held back.
    pub(crate) fn success(&mut self) {
        self.kept.drain(..).for_each(|text| write_line(&text));
    }

    fn say(&mut self, text: String) {
        if self.format.is_json() {
            self.kept.push(text);
        } else {
            write_line(&text);
        }
    }

    fn failure_text(&self, failure: &Failure) -> String {
        let mut text = format!("{}: {}", self.paint(RED, "error"), safe(failure.message()));
        for cause in failure.causes() {
            text.push_str("\n  because: ");
            text.push_str(&safe(cause));
        }
        for part in failure.others() {
            text.push_str(&["\n", &self.paint(RED, "error"), ": ", &safe(&part.message)].concat());
        }
        if let Some(hint) = failure.next() {
            text.push_str(
                &[
                    "\n",
                    &self.paint(CYAN, "hint"),
                    ": ",
                    &safe(&hint.to_string()),
                ]
                .concat(),
            );
        }
        text
    }

    fn paint(&self, color: &str, word: &str) -> String {
        if self.color {
            format!("{color}{word}{PLAIN}")
        } else {
            word.to_owned()
        }
    }
}

/// Sanitizes an error, which may repeat what was typed: masks secrets, and escapes what a terminal
/// would act on.
fn safe(text: &str) -> String {
    sanitize::block(&masked(text))
}

/// Masks the secrets in what was typed.
fn masked(text: &str) -> String {
    mask::message(&sanitize::without_tokens(text))
}

/// Prints a line on standard error. A failure to do so is ignored: there is no other stream, and
/// the exit code still reports the outcome.
pub(crate) fn write_line(text: &str) {
    let _ = Stderr.write_all(format!("{text}\n").as_bytes());
}

/// Prints a question that is answered on the same line.
pub(crate) fn ask(text: &str) {
    let _ = Stderr.write_all(text.as_bytes());
}

/// Prints at once what the next question is about.
pub(crate) fn before_question(text: &str) {
    write_line(&sanitize::block(text));
}

/// Prints a text that is laid out already, secrets masked.
pub(crate) fn raw(text: &[u8]) -> Result<(), Failure> {
    let mut out = Report::results();
    out.write_all(text)
        .and_then(|()| out.flush())
        .map_err(|source| Failure::output(&source))
}

/// Prints help, which is laid out already and contains no outside text.
pub(crate) fn help(text: &str, failed: bool) -> Result<(), Failure> {
    if failed {
        return Stderr
            .write_all(text.as_bytes())
            .map_err(|source| Failure::output(&source));
    }
    raw(text.as_bytes())
}

/// Reports a panic as a bug, by its source location alone: its message may contain anything.
pub(crate) fn report_panics_without_their_text() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        write_line(&format!(
            "error: this is a bug in hallpass, at {place}\nhint: please report it, with the command"
        ));
    }));
}
