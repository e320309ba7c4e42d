//! `hallpass connection`.

use hallpass::model::name::ConnectionName;
use hallpass::ops::connection::{self, State};

use crate::cli::connection::{ConnectionCommand, List, Show, Unblock};
use crate::commands::consequence::Consequence;
use crate::commands::outcome;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

mod add;
mod block;
mod delete;
mod edit;
mod given_guide;
mod guide;
mod rotate_key;

/// Runs a verb.
pub(super) fn run(
    ui: &mut Ui,
    session: &mut Session,
    command: ConnectionCommand,
) -> Result<(), Failure> {
    match command {
        ConnectionCommand::Add(args) => add::run(ui, session, args),
        ConnectionCommand::List(List { state }) => list(ui, session, state),
        ConnectionCommand::Show(Show { name }) => show(ui, session, &name),
        ConnectionCommand::Edit(args) => edit::run(ui, session, args),
        ConnectionCommand::Block(args) => block::run(ui, session, args),
        ConnectionCommand::Unblock(args) => unblock(ui, session, &args),
        ConnectionCommand::Delete(args) => delete::run(ui, session, &args),
        ConnectionCommand::RotateKey(args) => rotate_key::run(ui, session, &args),
        ConnectionCommand::Guide(args) => guide::run(ui, session, args),
    }
}

fn list(ui: &mut Ui, session: &mut Session, state: Option<State>) -> Result<(), Failure> {
    let connections = connection::list_in(session.core(ui)?, state)?;
    ui.list(&connections)
}

fn show(ui: &mut Ui, session: &mut Session, name: &ConnectionName) -> Result<(), Failure> {
    let connection = connection::show(session.core(ui)?, name)?;
    ui.show(&connection)
}

fn unblock(ui: &mut Ui, session: &mut Session, args: &Unblock) -> Result<(), Failure> {
    let Unblock { name, dry_run } = args;
    if *dry_run {
        let (_, impact) = connection::preview_unblock(session.core(ui)?, name)?;
        return Consequence::new(&format!("unblocking connection `{name}`"), impact).show(ui);
    }
    let changed = connection::unblock(session.core(ui)?, name)?;
    outcome::changed(ui, &format!("connection `{name}` is active"), &changed)
}
