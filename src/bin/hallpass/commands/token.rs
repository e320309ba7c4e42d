//! `hallpass token`.

use hallpass::ops::token::{self, Filter, Which};

use crate::cli::token::{List, Show, Token};
use crate::failure::{Exit, Failure};
use crate::session::Session;
use crate::ui::Ui;

mod add;
mod bulk;
mod draft;
mod ensure;
mod identify;
mod prune;
mod revoke;
mod rotate;
mod rotated;
mod suspend;
mod target;

/// Runs one of the commands.
pub(super) fn run(ui: &mut Ui, session: &mut Session, command: Token) -> Result<Exit, Failure> {
    match command {
        Token::Add(args) => add::run(ui, session, args)?,
        Token::List(args) => list(ui, session, args)?,
        Token::Show(args) => show(ui, session, args)?,
        Token::Revoke(args) => revoke::run(ui, session, args)?,
        Token::Suspend(args) => suspend::suspend(ui, session, args)?,
        Token::Resume(args) => suspend::resume(ui, session, args)?,
        Token::Identify(args) => return identify::run(ui, session, args),
        Token::Rotate(args) => rotate::run(ui, session, args)?,
        Token::Ensure(args) => ensure::run(ui, session, args)?,
        Token::Prune(args) => prune::run(ui, session, args)?,
    }
    Ok(Exit::DONE)
}

fn list(ui: &mut Ui, session: &mut Session, args: List) -> Result<(), Failure> {
    let List { profile, of, all, expired, state, picks, expiring_in } = args;
    let which = match (state, all, expired) {
        (Some(state), ..) => state.into(),
        (_, true, _) => Which::All,
        (_, _, true) => Which::Expired,
        _ => Which::Live,
    };
    let filter = Filter { profile: profile.or(of), which, expiring_in, ..target::filter(picks) };
    let core = session.core(ui)?;
    ui.stream(|show| token::list(core, &filter, show))
}

fn show(ui: &mut Ui, session: &mut Session, args: Show) -> Result<(), Failure> {
    let Show { which } = args;
    let target = target::one(ui, which)?;
    let shown = token::show(session.core(ui)?, &target)?;
    rotated::remind(ui, &shown);
    ui.show(&shown)
}
