//! Reports arguments that do not parse, in the words and format of the other errors.
//!
//! Clap's own messages repeat what was typed, which may be a token.

use std::error::Error as _;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use hallpass::Kind;
use hallpass::model::invalid::Invalid;

use crate::cli::global::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::hint::Hint;
use crate::output::sanitize::without_tokens;
use crate::report;

/// Ends a run whose arguments did not parse: prints requested help, or fails.
pub(crate) fn end(error: &clap::Error, color: bool) -> Result<Exit, Failure> {
    let is_help = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => true,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => false,
        _ => return Err(explain(error)),
    };
    let text = error.render();
    let text = if color {
        text.ansi().to_string()
    } else {
        text.to_string()
    };
    report::help(&text, !is_help)?;
    Ok(if is_help {
        Exit::DONE
    } else {
        Exit::from(Kind::Usage)
    })
}

/// Returns the format of errors, as far as arguments that do not parse name it.
pub(crate) fn format(arguments: &[OsString]) -> Option<Format> {
    let mut words = arguments.iter().filter_map(|word| word.to_str()).peekable();
    let mut found = None;
    while let Some(word) = words.next() {
        let value = match word {
            "-o" | "--output" => words.peek().copied(),
            _ => word
                .strip_prefix("--output=")
                .or_else(|| word.strip_prefix("-o")),
        };
        let value = value.map(|value| value.trim_start_matches('='));
        found = value
            .and_then(|value| clap::ValueEnum::from_str(value, false).ok())
            .or(found);
    }
    found
}

fn explain(error: &clap::Error) -> Failure {
    let failure = Failure::usage(without_tokens(&message(error)));
    match hint(error) {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

fn message(error: &clap::Error) -> String {
    let argument = || text(error, ContextKind::InvalidArg);
    let value = || without_tokens(&text(error, ContextKind::InvalidValue));
    match error.kind() {
        ErrorKind::ValueValidation => match error.source() {
            Some(source) => format!("`{}`: {source}", argument()),
            None => format!("`{}` has an invalid value", argument()),
        },
        ErrorKind::InvalidValue if value().is_empty() => format!("`{}` needs a value", argument()),
        ErrorKind::InvalidValue => {
            let valid = text(error, ContextKind::ValidValue);
            format!("`{}` is not one of {valid}", argument())
        }
        // A word in the wrong position may be a secret; an option is not.
        ErrorKind::UnknownArgument if !argument().starts_with('-') => {
            "too many arguments; a secret must not be an argument".to_owned()
        }
        ErrorKind::UnknownArgument => format!("unexpected argument `{}`", argument()),
        ErrorKind::InvalidSubcommand => {
            format!(
                "no command `{}`",
                text(error, ContextKind::InvalidSubcommand)
            )
        }
        ErrorKind::MissingRequiredArgument => format!("missing: {}", missing(error)),
        ErrorKind::MissingSubcommand => "missing: a command".to_owned(),
        ErrorKind::ArgumentConflict => conflict(error),
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8".to_owned(),
        _ => first_line(error),
    }
}

/// Names what is missing; of a group of options, only their names.
fn missing(error: &clap::Error) -> String {
    let Some(ContextValue::Strings(arguments)) = error.get(ContextKind::InvalidArg) else {
        return text(error, ContextKind::InvalidArg);
    };
    let named = arguments
        .iter()
        .map(|argument| match argument.strip_prefix("<--") {
            Some(group) => {
                let options = format!("--{group}");
                let names = options
                    .split('|')
                    .filter_map(|option| option.split([' ', '>']).next());
                format!("at least one of {}", names.collect::<Vec<_>>().join(", "))
            }
            None => argument.clone(),
        });
    named.collect::<Vec<_>>().join(", ")
}

fn conflict(error: &clap::Error) -> String {
    let one = text(error, ContextKind::InvalidArg);
    let other = text(error, ContextKind::PriorArg);
    if other.is_empty() || one == other {
        format!("`{one}` is given more than once")
    } else {
        format!("`{one}` cannot be used with `{other}`")
    }
}

fn first_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let line = text.lines().next().unwrap_or_default();
    line.trim_start_matches("error: ").to_owned()
}

/// `--state` named the folder of the anchors once, and is a filter of lists now.
const STATE: &str = "`--state-dir DIR` is the folder of the anchors; `--state` filters lists";

/// Returns the command that resembles the one typed, or the one whose help applies.
fn hint(error: &clap::Error) -> Option<Hint> {
    let argument = text(error, ContextKind::InvalidArg);
    if argument.split([' ', '=']).next() == Some("--state") {
        return Some(Hint::advice(STATE));
    }
    let invalid = error
        .source()
        .and_then(|source| source.downcast_ref::<Invalid>());
    if let Some(hint) = invalid.and_then(|invalid| invalid.hint.clone()) {
        return Some(Hint::Advice(hint));
    }
    let meant = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg];
    let meant = meant
        .into_iter()
        .map(|kind| text(error, kind))
        .find(|meant| !meant.is_empty());
    match (meant, command(error)) {
        (Some(meant), Some(mut command)) => {
            command.push(meant);
            Some(Hint::command(command.join(" ")))
        }
        (Some(meant), None) => Some(Hint::Advice(meant)),
        (None, Some(mut command)) => {
            command.push("--help".to_owned());
            Some(Hint::command(command.join(" ")))
        }
        (None, None) => None,
    }
}

/// Returns the words of the command after the program's name, from the usage line of clap.
fn command(error: &clap::Error) -> Option<Vec<String>> {
    let usage = text(error, ContextKind::Usage);
    let words = usage
        .split_whitespace()
        .skip_while(|word| *word != "hallpass");
    let mut words = words
        .take_while(|word| !word.starts_with(['<', '[', '-', '(']))
        .map(str::to_owned);
    words.next()?;
    Some(words.collect())
}

fn text(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
