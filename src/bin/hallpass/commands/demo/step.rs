//! One step of the tour.

use serde::Serialize;

use crate::output::{Column, View};

/// A command to show, and what it is fed.
pub(super) struct TourStep {
    /// Why, in a line before it.
    pub(super) why: &'static str,
    /// The arguments after `hallpass`, as they would be typed: words between blanks, quotes around
    /// what has blanks.
    pub(super) command: &'static str,
    /// What passes through it.
    pub(super) flow: Flow,
    /// The code it must end with.
    pub(super) exit: i32,
}

/// What goes into a command, and what comes out of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// Nothing goes in; what comes out is shown.
    Plain,
    /// `T=$(…)`: what comes out is a token.
    Token,
    /// `printf %s "$T" | …`.
    Fed,
    /// The same with the last character of the token changed.
    Mistyped,
}

/// A step as programs read it.
#[derive(Serialize)]
pub(super) struct Taken {
    pub(super) command: String,
    pub(super) exit: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl View for Taken {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("command", |it| it.command.clone()),
        Column::listed("exit", |it| it.exit.to_string()),
        Column::listed("stdout", |it| it.stdout.clone()),
        Column::listed("stderr", |it| it.stderr.clone()),
    ];
    const NONE: &'static str = "no steps";
}

impl TourStep {
    /// The command as a person would type it.
    pub(super) fn shown(&self) -> String {
        let command = format!("hallpass {}", self.command.replace("KEY", "keys/demo.key"));
        match self.flow {
            Flow::Plain => command,
            Flow::Token => format!("T=$({command})"),
            Flow::Fed => format!("printf %s \"$T\" | {command}"),
            Flow::Mistyped => format!("printf %s \"${{T%?}}-\" | {command}"),
        }
    }

    /// The arguments. `KEY` stands for the key file of the tour.
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
