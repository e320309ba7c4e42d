//! The tokens of a profile: what there is, a new one, and the end of one.

use hallpass::model::name::{ConnectionName, EnvironmentName, ProfileName, TokenName};
use hallpass::model::text::Device;
use hallpass::model::time::{Expiry, Overlap};
use hallpass::model::token::TokenState;
use hallpass::ops::token::{self, Filter, Summary};

use super::{bear, command, option, suspend, with_options, with_reason};
use crate::failure::Failure;
use crate::prompt::menu;
use crate::session::Session;
use crate::ui::Ui;

/// Shows the live tokens until the menu is left.
pub(super) fn manage(
    ui: &mut Ui,
    session: &mut Session,
    profile: &ProfileName,
) -> Result<(), Failure> {
    loop {
        let tokens = live(ui, session, profile)?;
        let mut labels: Vec<_> = tokens.iter().map(label).collect();
        labels.extend(["Add a token".to_owned(), "Back".to_owned()]);
        let question = format!("Tokens of {profile}");
        let Some(chosen) = menu::choose(&question, &labels)? else { return Ok(()) };
        let done = match tokens.get(chosen) {
            Some(token) => one(ui, session, token),
            None if chosen == tokens.len() => add(ui, session, profile),
            None => return Ok(()),
        };
        bear(ui, done)?;
    }
}

fn live(
    ui: &mut Ui,
    session: &mut Session,
    profile: &ProfileName,
) -> Result<Vec<Summary>, Failure> {
    let filter = Filter { profile: Some(profile.clone()), ..Filter::default() };
    let mut tokens = Vec::new();
    token::list(session.core(ui)?, &filter, &mut |token| {
        tokens.push(token);
        Ok(())
    })?;
    Ok(tokens)
}

fn label(token: &Summary) -> String {
    let place = token.connection.as_ref().map_or("any connection", |it| it.as_str());
    let end = token.expires_at.map_or_else(|| "no end".to_owned(), |end| format!("until {end}"));
    format!("{} ({place}): {}, {end}", token.name, token.effective)
}

fn one(ui: &mut Ui, session: &mut Session, token: &Summary) -> Result<(), Failure> {
    let suspended = token.state == TokenState::Suspended;
    let items = [
        "Show",
        if suspended { "Resume" } else { "Suspend" },
        "Rotate: a new one takes its place",
        "Revoke",
        "Back",
    ];
    let id = token.id.to_string();
    let question = format!("Token {} ({id})", token.name);
    match menu::choose(&question, &items.map(str::to_owned))? {
        Some(0) => command(ui, session, &["token", "show", &id]),
        Some(1) if suspended => command(ui, session, &["token", "resume", &id]),
        Some(1) => suspend(ui, session, &["token", "suspend", &id]),
        Some(2) => {
            let overlap = "How long the old one stays valid, or 0 (Enter for 24h)";
            let overlap = option::<Overlap>("--overlap", overlap)?;
            with_options(ui, session, &["token", "rotate", &id], &[overlap])
        }
        Some(3) => with_reason(ui, session, &["token", "revoke", &id]),
        _ => Ok(()),
    }
}

fn add(ui: &mut Ui, session: &mut Session, profile: &ProfileName) -> Result<(), Failure> {
    let Some(name) = menu::line("Name of the token (Enter to make none)")? else { return Ok(()) };
    let address = format!("{profile}/{}", name.parse::<TokenName>()?);
    let connection = "Connection (Enter for the only one it may use, or any)";
    let end = "End: a duration as 90d, a date, or never (Enter for the usual)";
    let options = [
        option::<ConnectionName>("--connection", connection)?,
        option::<EnvironmentName>("--environment", "Environment (Enter for the default one)")?,
        option::<Device>("--device", "Device (Enter for any)")?,
        option::<Expiry>("--expires", end)?,
    ];
    with_options(ui, session, &["token", "add", &address], &options)
}
