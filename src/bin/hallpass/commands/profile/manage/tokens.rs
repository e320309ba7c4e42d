//! The submenu of a profile's tokens: list them, add one, revoke one.

use hallpass::model::name::{ConnectionName, EnvironmentName, ProfileName, TokenName};
use hallpass::model::text::Device;
use hallpass::model::time::{Expiry, Overlap};
use hallpass::model::token::TokenState;
use hallpass::ops::token::{self, Filter, Summary};

use super::menu::{Menu, option};
use crate::failure::Failure;
use crate::prompt;

/// Shows the live tokens until the person leaves the menu.
pub(super) fn manage(menu: &mut Menu<'_>, profile: &ProfileName) -> Result<(), Failure> {
    loop {
        let tokens = live(menu, profile)?;
        let mut labels: Vec<_> = tokens.iter().map(label).collect();
        labels.extend(["Add a token".to_owned(), "Back".to_owned()]);
        let question = format!("Tokens of {profile}");
        let Some(chosen) = prompt::choose(&question, &labels)? else {
            return Ok(());
        };
        let done = match tokens.get(chosen) {
            Some(token) => one(menu, token),
            None if chosen == tokens.len() => add(menu, profile),
            None => return Ok(()),
        };
        menu.tolerate(done)?;
    }
}

fn live(menu: &mut Menu<'_>, profile: &ProfileName) -> Result<Vec<Summary>, Failure> {
    let filter = Filter {
        profile: Some(profile.clone()),
        ..Filter::default()
    };
    let mut tokens = Vec::new();
    token::list(menu.session.core(menu.ui)?, &filter, &mut |token| {
        tokens.push(token);
        Ok(())
    })?;
    Ok(tokens)
}

fn label(token: &Summary) -> String {
    let place = token
        .connection
        .as_ref()
        .map_or("any connection", |it| it.as_str());
    let end = token
        .expires_at
        .map_or_else(|| "no expiry".to_owned(), |end| format!("until {end}"));
    format!("{} ({place}): {}, {end}", token.name, token.effective)
}

fn one(menu: &mut Menu<'_>, token: &Summary) -> Result<(), Failure> {
    let suspended = token.state == TokenState::Suspended;
    let items = [
        "Show",
        if suspended { "Resume" } else { "Suspend" },
        "Rotate: replace it by a new one",
        "Revoke",
        "Back",
    ];
    let id = token.id.to_string();
    let question = format!("Token {} ({id})", token.name);
    match prompt::choose(&question, &items.map(str::to_owned))? {
        Some(0) => menu.command(&["token", "show", &id]),
        Some(1) if suspended => menu.command(&["token", "resume", &id]),
        Some(1) => menu.suspend(&["token", "suspend", &id]),
        Some(2) => {
            let overlap = "How long the old one stays valid, or 0 (Enter for 24h)";
            let overlap = option::<Overlap>("--overlap", overlap)?;
            menu.with_options(&["token", "rotate", &id], &[overlap])
        }
        Some(3) => menu.with_reason(&["token", "revoke", &id]),
        _ => Ok(()),
    }
}

fn add(menu: &mut Menu<'_>, profile: &ProfileName) -> Result<(), Failure> {
    let Some(name) = prompt::line("Name of the token (Enter to cancel)")? else {
        return Ok(());
    };
    let address = format!("{profile}/{}", name.parse::<TokenName>()?);
    let connection = "Connection (Enter for the only one allowed, or any)";
    let end = "Expiry: a duration like 90d, a date, or never (Enter for the default)";
    let options = [
        option::<ConnectionName>("--connection", connection)?,
        option::<EnvironmentName>("--environment", "Environment (Enter for the default one)")?,
        option::<Device>("--device", "Device (Enter for any)")?,
        option::<Expiry>("--expires", end)?,
    ];
    menu.with_options(&["token", "add", &address], &options)
}
