//! `hallpass environment edit`.

use hallpass::ops::environment::{self, Edits};

use crate::cli::environment::Edit;
use crate::cli::input::Change;
use crate::commands::outcome;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Changes an environment.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Edit) -> Result<(), Failure> {
    let Edit { name, description, rename, default } = args;
    let edits = Edits { description: Change::wanted(description), make_default: default, rename };
    let changed = environment::edit(session.core(ui)?, &name, &edits)?;
    outcome::edited(ui, &format!("environment `{name}`"), &changed)
}
