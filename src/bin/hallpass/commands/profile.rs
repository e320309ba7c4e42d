//! `hallpass profile`.

use hallpass::model::name::ProfileName;
use hallpass::ops::profile::{self, State};

use crate::cli::profile::{List, Profile, Resume, Show};
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

/// Runs a verb; `run` runs the commands that the menu of `manage` puts together.
pub(super) fn run(
    ui: &mut Ui,
    session: &mut Session,
    command: Profile,
    run: Run,
) -> Result<(), Failure> {
    match command {
        Profile::Add(args) => add::run(ui, session, args),
        Profile::List(List { state }) => list(ui, session, state),
        Profile::Show(Show { name }) => show(ui, session, &name),
        Profile::Edit(args) => edit::run(ui, session, args),
        Profile::Suspend(args) => suspend::run(ui, session, args),
        Profile::Resume(args) => resume(ui, session, &args),
        Profile::Delete(args) => delete::run(ui, session, &args),
        Profile::Manage(args) => manage::run(ui, session, args, run),
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
        let (_, impact) = profile::foresee_resume(session.core(ui)?, name)?;
        return Consequence::new(&format!("resuming profile `{name}`"), impact).show(ui);
    }
    let changed = profile::resume(session.core(ui)?, name)?;
    outcome::told(ui, &format!("profile `{name}` is active"), &changed)
}
