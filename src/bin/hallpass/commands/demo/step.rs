//! One step of the tour.

use serde::Serialize;

use crate::output::{Column, View};

/// A command of the tour, and its input.
pub(super) struct TourStep {
    /// Why the step is shown, in a line before it.
    pub(super) why: &'static str,
    /// The arguments after `hallpass`, as a person types them: words between spaces, with quotes
    /// around words that contain spaces.
    pub(super) command: &'static str,
    /// What passes through the step.
    pub(super) flow: Flow,
    /// The expected exit code.
    pub(super) exit: i32,
}

/// The input and output of a step.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// No input; the output is shown.
    Plain,
    /// `T=$(…)`: the output is a token.
    Token,
    /// `printf %s "$T" | …`.
    Fed,
    /// As `Fed`, with the last character of the token changed.
    Mistyped,
}

/// A step that has run, as programs read it.
#[derive(Serialize)]
pub(super) struct CompletedStep {
    pub(super) command: String,
    pub(super) exit: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl View for CompletedStep {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("command", |it| it.command.clone()),
        Column::listed("exit", |it| it.exit.to_string()),
        Column::listed("stdout", |it| it.stdout.clone()),
        Column::listed("stderr", |it| it.stderr.clone()),
    ];
    const NONE: &'static str = "no steps";
}

impl TourStep {
    /// Returns the command as a person would type it.
    pub(super) fn shown(&self) -> String {
        let command = format!("hallpass {}", self.command.replace("KEY", "keys/demo.key"));
        match self.flow {
            Flow::Plain => command,
            Flow::Token => format!("T=$({command})"),
            Flow::Fed => format!("printf %s \"$T\" | {command}"),
            Flow::Mistyped => format!("printf %s \"${{T%?}}-\" | {command}"),
        }
    }

    /// Splits the command into arguments; `KEY` is replaced by the key file of the tour.
    pub(super) fn arguments(&self, key: &str) -> Vec<String> {
        let mut arguments = Vec::new();
        for (n, part) in self.command.split('\'').enumerate() {
            if n % 2 == 1 {
                arguments.push(part.to_owned());
            } else {
                arguments.extend(part.split_whitespace().map(|word| word.replace("KEY", key)));
            }
        }
        arguments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_splits_as_a_shell_would() {
        let command = "init --new-key-file KEY --reason 'no more use'";
        let step = TourStep {
            why: "",
            command,
            flow: Flow::Plain,
            exit: 0,
        };
        let expected = ["init", "--new-key-file", "/k", "--reason", "no more use"];
        assert_eq!(step.arguments("/k"), expected);
    }
}
