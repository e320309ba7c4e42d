//! `hallpass token`.

use hallpass::ops::token::{self, Filter, StateFilter};

use crate::cli::token::{List, Show, TokenCommand};
use crate::exit::Exit;
use crate::failure::Failure;
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
pub(super) fn run(
    ui: &mut Ui,
    session: &mut Session,
    command: TokenCommand,
) -> Result<Exit, Failure> {
    match command {
        TokenCommand::Add(args) => add::run(ui, session, args)?,
        TokenCommand::List(args) => list(ui, session, args)?,
        TokenCommand::Show(args) => show(ui, session, args)?,
        TokenCommand::Revoke(args) => revoke::run(ui, session, args)?,
        TokenCommand::Suspend(args) => suspend::suspend(ui, session, args)?,
        TokenCommand::Resume(args) => suspend::resume(ui, session, args)?,
        TokenCommand::Identify(args) => return identify::run(ui, session, args),
        TokenCommand::Rotate(args) => rotate::run(ui, session, args)?,
        TokenCommand::Ensure(args) => ensure::run(ui, session, args)?,
        TokenCommand::Prune(args) => prune::run(ui, session, args)?,
    }
    Ok(Exit::DONE)
}

fn list(ui: &mut Ui, session: &mut Session, args: List) -> Result<(), Failure> {
    let List {
        profile,
        of,
        all,
        expired,
        state,
        picks,
        expiring_in,
    } = args;
    let which = match (state, all, expired) {
        (Some(state), ..) => state.into(),
        (_, true, _) => StateFilter::All,
        (_, _, true) => StateFilter::Expired,
        _ => StateFilter::Live,
    };
    let filter = Filter {
        profile: profile.or(of),
        which,
        expiring_in,
        ..target::filter(picks)
    };
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
