//! What every item of the menu works with: the caller, the session, and a way to run a command.

use std::ffi::OsString;
use std::str::FromStr;

use hallpass::Kind;
use hallpass::model::invalid::Invalid;
use hallpass::model::text::FreeText;
use hallpass::model::time::Expiry;

use crate::cli::{self, Cli, Command};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::prompt;
use crate::session::Session;
use crate::ui::Ui;

/// Runs a command. It is a parameter because the menu is itself a command.
pub(in crate::commands) type Run = fn(&mut Ui, &mut Session, Command) -> Result<Exit, Failure>;

/// A menu on the screen.
pub(super) struct Menu<'a> {
    pub(super) ui: &'a mut Ui,
    pub(super) session: &'a mut Session,
    /// Runs the command of an item.
    pub(super) run: Run,
}

const REASON: &str = "Reason (Enter for none)";

impl Menu<'_> {
    /// Asks for a reason and an end, and suspends.
    pub(super) fn suspend(&mut self, words: &[&str]) -> Result<(), Failure> {
        let until = "Until: a duration like 8w, or a date (Enter for no end)";
        let options = [
            option::<FreeText>("--reason", REASON)?,
            option::<Expiry>("--until", until)?,
        ];
        self.with_options(words, &options)
    }

    /// Asks for a reason, and runs the command with it.
    pub(super) fn with_reason(&mut self, words: &[&str]) -> Result<(), Failure> {
        let reason = option::<FreeText>("--reason", REASON)?;
        self.with_options(words, &[reason])
    }

    pub(super) fn with_options(
        &mut self,
        words: &[&str],
        options: &[Option<String>],
    ) -> Result<(), Failure> {
        let given = options.iter().flatten().map(String::as_str);
        let words: Vec<_> = words.iter().copied().chain(given).collect();
        self.command(&words)
    }

    /// Runs a command as if a person had typed it, with its questions, in this session.
    pub(super) fn command(&mut self, words: &[&str]) -> Result<(), Failure> {
        let typed = std::iter::once("hallpass").chain(words.iter().copied());
        let parsed = cli::parse(typed.map(OsString::from).collect());
        let Cli { command, .. } = parsed.map_err(|error| {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default();
            Failure::usage(first.strip_prefix("error: ").unwrap_or(first))
        })?;
        (self.run)(self.ui, self.session, command).map(drop)
    }

    /// Reports a failure that changed nothing, and continues; any other failure ends the menu.
    pub(super) fn tolerate(&mut self, done: Result<(), Failure>) -> Result<(), Failure> {
        match done {
            Err(failure) if is_tolerable(failure.kind()) => {
                self.ui.complain(&failure);
                Ok(())
            }
            done => done,
        }
    }
}

/// Asks for the value of an option, and parses it as the command will, so that a typo is reported
/// at once.
pub(super) fn option<T: FromStr<Err = Invalid>>(
    option: &str,
    question: &str,
) -> Result<Option<String>, Failure> {
    let Some(text) = prompt::line(question)? else {
        return Ok(None);
    };
    text.parse::<T>()?;
    Ok(Some(format!("{option}={text}")))
}

fn is_tolerable(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Usage
            | Kind::NotFound
            | Kind::Exists
            | Kind::NotConfirmed
            | Kind::Refused
            | Kind::Busy
            | Kind::Undelivered
    )
}
