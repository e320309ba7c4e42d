//! `hallpass environment add`.

use hallpass::ops::environment::{self, Draft};

use crate::cli::environment::Add;
use crate::commands::outcome;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Adds an environment.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Add) -> Result<(), Failure> {
    let Add {
        name,
        description,
        if_absent,
    } = args;
    let what = format!("environment `{name}`");
    let draft = Draft { name, description };
    let added = environment::add(session.core(ui)?, &draft, outcome::if_there(if_absent))?;
    outcome::added(ui, &what, &added)
}
