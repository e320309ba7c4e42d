//! `hallpass profile manage`: a menu whose every item is a command, with its questions.

use std::ffi::OsString;
use std::str::FromStr;

use hallpass::Kind;
use hallpass::model::invalid::Invalid;
use hallpass::model::name::ProfileName;
use hallpass::model::text::FreeText;
use hallpass::model::time::Expiry;
use hallpass::ops::profile::{self, State, Summary};

use crate::cli::profile::Manage;
use crate::cli::{self, Cli};
use crate::commands;
use crate::failure::Failure;
use crate::prompt::menu;
use crate::session::Session;
use crate::ui::Ui;

mod edit;
mod tokens;

/// What can be done with a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Show,
    Tokens,
    Edit,
    SetPassword,
    GeneratePassword,
    ClearPassword,
    Suspend,
    Resume,
    Delete,
    Leave,
}

impl Item {
    fn label(self) -> &'static str {
        match self {
            Self::Show => "Show everything",
            Self::Tokens => "Tokens: list, add, rotate, suspend, revoke",
            Self::Edit => "Edit: name, e-mail, description, connections, groups",
            Self::SetPassword => "Set a password",
            Self::GeneratePassword => "Generate a password",
            Self::ClearPassword => "Take the password away",
            Self::Suspend => "Suspend",
            Self::Resume => "Resume",
            Self::Delete => "Delete",
            Self::Leave => "Leave",
        }
    }
}

/// Shows the menu until it is left, or the profile is gone.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Manage) -> Result<(), Failure> {
    let Manage { mut name } = args;
    if !ui.has_dialogue() {
        let message = "a menu needs a terminal, and `--output table`";
        return Err(Failure::usage(message).hint(format!(
            "hallpass profile show {name}; so do `edit`, `suspend` and `delete`, \
             `hallpass token list {name}`, `hallpass password set {name}`"
        )));
    }
    loop {
        let shown = profile::show(session.core(ui)?, &name)?;
        let items = items(&shown);
        let labels: Vec<_> = items.iter().map(|item| item.label().to_owned()).collect();
        let chosen = menu::choose(&headline(&name, &shown), &labels)?;
        let item = chosen.and_then(|at| items.get(at)).copied().unwrap_or(Item::Leave);
        if item == Item::Leave {
            return Ok(());
        }
        let done = act(ui, session, &mut name, item);
        if item == Item::Delete && done.is_ok() {
            return Ok(());
        }
        bear(ui, done)?;
    }
}

/// Tells a failure that leaves everything as it was, and goes on; any other ends the menu.
fn bear(ui: &mut Ui, done: Result<(), Failure>) -> Result<(), Failure> {
    match done {
        Err(failure) if is_bearable(failure.kind()) => {
            ui.complain(&failure);
            Ok(())
        }
        done => done,
    }
}

fn is_bearable(kind: Kind) -> bool {
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

fn headline(name: &ProfileName, profile: &Summary) -> String {
    let state = match profile.state {
        State::Active => "active",
        State::Suspended => "suspended",
    };
    let tokens = match profile.tokens {
        1 => "1 live token".to_owned(),
        tokens => format!("{tokens} live tokens"),
    };
    let connections = match &profile.connections {
        None => "any connection".to_owned(),
        Some(names) => names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    };
    format!("Profile {name}: {state}, {tokens}, {connections}")
}

fn items(profile: &Summary) -> Vec<Item> {
    let mut items = vec![Item::Tokens, Item::Edit, Item::SetPassword, Item::GeneratePassword];
    if profile.has_password {
        items.push(Item::ClearPassword);
    }
    items.push(match profile.state {
        State::Active => Item::Suspend,
        State::Suspended => Item::Resume,
    });
    items.extend([Item::Delete, Item::Show, Item::Leave]);
    items
}

fn act(
    ui: &mut Ui,
    session: &mut Session,
    name: &mut ProfileName,
    item: Item,
) -> Result<(), Failure> {
    let own = name.as_str().to_owned();
    let own = own.as_str();
    match item {
        Item::Tokens => tokens::manage(ui, session, name),
        Item::Edit => edit::choose(ui, session, name),
        Item::Show => command(ui, session, &["profile", "show", own]),
        Item::SetPassword => command(ui, session, &["password", "set", own]),
        Item::GeneratePassword => generate(ui, session, name),
        Item::ClearPassword => command(ui, session, &["password", "clear", own]),
        Item::Suspend => suspend(ui, session, &["profile", "suspend", own]),
        Item::Resume => command(ui, session, &["profile", "resume", own]),
        Item::Delete => command(ui, session, &["profile", "delete", own]),
        Item::Leave => Ok(()),
    }
}

/// Generates a password; asks first where it takes the place of one: in a menu a key is quickly hit.
fn generate(ui: &mut Ui, session: &mut Session, name: &ProfileName) -> Result<(), Failure> {
    if profile::show(session.core(ui)?, name)?.has_password {
        let consequence = format!("the password of profile `{name}` is no longer accepted then");
        ui.confirm(&consequence, "Replace it?")?;
    }
    command(ui, session, &["password", "set", name.as_str(), "--generate"])
}

/// Asks why and until when, and suspends.
fn suspend(ui: &mut Ui, session: &mut Session, words: &[&str]) -> Result<(), Failure> {
    let until = "Until: a duration as 8w, or a date (Enter for no end)";
    let options = [option::<FreeText>("--reason", REASON)?, option::<Expiry>("--until", until)?];
    with_options(ui, session, words, &options)
}

/// Asks why, and does it.
fn with_reason(ui: &mut Ui, session: &mut Session, words: &[&str]) -> Result<(), Failure> {
    let reason = option::<FreeText>("--reason", REASON)?;
    with_options(ui, session, words, &[reason])
}

const REASON: &str = "Reason (Enter for none)";

fn with_options(
    ui: &mut Ui,
    session: &mut Session,
    words: &[&str],
    options: &[Option<String>],
) -> Result<(), Failure> {
    let given = options.iter().flatten().map(String::as_str);
    let words: Vec<_> = words.iter().copied().chain(given).collect();
    command(ui, session, &words)
}

/// Asks for the value of an option, and reads it as the command will, so that a slip is told at once.
fn option<T: FromStr<Err = Invalid>>(
    option: &str,
    question: &str,
) -> Result<Option<String>, Failure> {
    let Some(text) = menu::line(question)? else { return Ok(None) };
    text.parse::<T>()?;
    Ok(Some(format!("{option}={text}")))
}

/// Runs a command as if it had been typed, with its questions, in this session.
fn command(ui: &mut Ui, session: &mut Session, words: &[&str]) -> Result<(), Failure> {
    let typed = std::iter::once("hallpass").chain(words.iter().copied());
    let parsed = cli::parse(typed.map(OsString::from).collect());
    let Cli { command, .. } = parsed.map_err(|error| {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        Failure::usage(first.strip_prefix("error: ").unwrap_or(first))
    })?;
    commands::run(ui, session, command).map(drop)
}
