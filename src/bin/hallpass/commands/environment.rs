//! `hallpass environment`.

use hallpass::model::name::EnvironmentName;
use hallpass::ops::environment;

use crate::cli::environment::{EnvironmentCommand, List, Show};
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

mod add;
mod delete;
mod edit;
mod rotate_key;

/// Runs a verb.
pub(super) fn run(
    ui: &mut Ui,
    session: &mut Session,
    command: EnvironmentCommand,
) -> Result<(), Failure> {
    match command {
        EnvironmentCommand::Add(args) => add::run(ui, session, args),
        EnvironmentCommand::List(List {}) => list(ui, session),
        EnvironmentCommand::Show(Show { name }) => show(ui, session, &name),
        EnvironmentCommand::Edit(args) => edit::run(ui, session, args),
        EnvironmentCommand::Delete(args) => delete::run(ui, session, &args),
        EnvironmentCommand::RotateKey(args) => rotate_key::run(ui, session, &args),
    }
}

fn list(ui: &mut Ui, session: &mut Session) -> Result<(), Failure> {
    let environments = environment::list(session.core(ui)?)?;
    ui.list(&environments)
}

fn show(ui: &mut Ui, session: &mut Session, name: &EnvironmentName) -> Result<(), Failure> {
    let environment = environment::show(session.core(ui)?, name)?;
    ui.show(&environment)
}
