//! `hallpass profile`.

use hallpass::model::name::ProfileName;
use hallpass::ops::profile::{self, State};

use crate::cli::profile::{List, ProfileCommand, Resume, Show};
use crate::commands::consequence::Consequence;
use crate::commands::outcome;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

mod add;
mod delete;
mod edit;
mod first_store;
mod manage;
mod password;
mod suspend;

use manage::Run;

/// Runs a verb; `run` runs the commands that the menu of `manage` builds.
pub(super) fn run(
    ui: &mut Ui,
    session: &mut Session,
    command: ProfileCommand,
    run: Run,
) -> Result<(), Failure> {
    match command {
        ProfileCommand::Add(args) => add::run(ui, session, args),
        ProfileCommand::List(List { state }) => list(ui, session, state),
        ProfileCommand::Show(Show { name }) => show(ui, session, &name),
        ProfileCommand::Edit(args) => edit::run(ui, session, args),
        ProfileCommand::Suspend(args) => suspend::run(ui, session, args),
        ProfileCommand::Resume(args) => resume(ui, session, &args),
        ProfileCommand::Delete(args) => delete::run(ui, session, &args),
        ProfileCommand::Manage(args) => manage::run(ui, session, args, run),
    }
}

fn list(ui: &mut Ui, session: &mut Session, state: Option<State>) -> Result<(), Failure> {
    let profiles = profile::list_in(session.core(ui)?, state)?;
    ui.list(&profiles)
}

fn show(ui: &mut Ui, session: &mut Session, name: &ProfileName) -> Result<(), Failure> {
    let profile = profile::show(session.core(ui)?, name)?;
    ui.show(&profile)
}

fn resume(ui: &mut Ui, session: &mut Session, args: &Resume) -> Result<(), Failure> {
    let Resume { name, dry_run } = args;
    if *dry_run {
        let (_, impact) = profile::preview_resume(session.core(ui)?, name)?;
        return Consequence::new(&format!("resuming profile `{name}`"), impact).show(ui);
    }
    let changed = profile::resume(session.core(ui)?, name)?;
    outcome::changed(ui, &format!("profile `{name}` is active"), &changed)
}
