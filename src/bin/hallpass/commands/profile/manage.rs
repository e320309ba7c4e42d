//! `hallpass profile manage`: a menu whose every item is a command, with its questions.

use hallpass::model::name::ProfileName;
use hallpass::ops::profile::{self, State, Summary};

use crate::cli::profile::Manage;
use crate::failure::Failure;
use crate::prompt;
use crate::session::Session;
use crate::ui::Ui;

mod edit;
mod menu;
mod tokens;

pub(in crate::commands) use menu::Run;

use menu::Menu;

/// An item of the menu.
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
            Self::ClearPassword => "Remove the password",
            Self::Suspend => "Suspend",
            Self::Resume => "Resume",
            Self::Delete => "Delete",
            Self::Leave => "Quit",
        }
    }
}

/// Shows the menu until the person leaves it, or the profile is deleted.
pub(super) fn run(
    ui: &mut Ui,
    session: &mut Session,
    args: Manage,
    run: Run,
) -> Result<(), Failure> {
    let Manage { mut name } = args;
    if !ui.has_dialogue() {
        let message = "a menu needs a terminal and `--output table`";
        return Err(Failure::usage(message).command(format!(
            "profile show {name}; so do `edit`, `suspend` and `delete`, \
             `hallpass token list {name}`, `hallpass password set {name}`"
        )));
    }
    let mut menu = Menu { ui, session, run };
    loop {
        let shown = profile::show(menu.session.core(menu.ui)?, &name)?;
        let items = items(&shown);
        let labels: Vec<_> = items.iter().map(|item| item.label().to_owned()).collect();
        let chosen = prompt::choose(&headline(&name, &shown), &labels)?;
        let item = chosen
            .and_then(|at| items.get(at))
            .copied()
            .unwrap_or(Item::Leave);
        if item == Item::Leave {
            return Ok(());
        }
        let done = act(&mut menu, &mut name, item);
        if item == Item::Delete && done.is_ok() {
            return Ok(());
        }
        menu.tolerate(done)?;
    }
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
        Some(names) => names
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
    };
    format!("Profile {name}: {state}, {tokens}, {connections}")
}

fn items(profile: &Summary) -> Vec<Item> {
    let mut items = vec![
        Item::Tokens,
        Item::Edit,
        Item::SetPassword,
        Item::GeneratePassword,
    ];
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

fn act(menu: &mut Menu<'_>, name: &mut ProfileName, item: Item) -> Result<(), Failure> {
    let own = name.as_str().to_owned();
    let own = own.as_str();
    match item {
        Item::Tokens => tokens::manage(menu, name),
        Item::Edit => edit::choose(menu, name),
        Item::Show => menu.command(&["profile", "show", own]),
        Item::SetPassword => menu.command(&["password", "set", own]),
        Item::GeneratePassword => generate(menu, name),
        Item::ClearPassword => menu.command(&["password", "clear", own]),
        Item::Suspend => menu.suspend(&["profile", "suspend", own]),
        Item::Resume => menu.command(&["profile", "resume", own]),
        Item::Delete => menu.command(&["profile", "delete", own]),
        Item::Leave => Ok(()),
    }
}

/// Generates a password. Asks before it replaces one: in a menu a key is easily hit.
fn generate(menu: &mut Menu<'_>, name: &ProfileName) -> Result<(), Failure> {
    if profile::show(menu.session.core(menu.ui)?, name)?.has_password {
        let consequence = format!("the password of profile `{name}` is no longer accepted then");
        menu.ui.confirm(&consequence, "Replace it?")?;
    }
    menu.command(&["password", "set", name.as_str(), "--generate"])
}
