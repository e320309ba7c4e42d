//! `hallpass environment edit`.

use hallpass::error::Dependents;
use hallpass::model::name::EnvironmentName;
use hallpass::ops::environment::{self, Edits};

use crate::cli::environment::Edit;
use crate::cli::input::Change;
use crate::commands::consequence::Consequence;
use crate::commands::outcome;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Changes an environment.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Edit) -> Result<(), Failure> {
    let Edit {
        name,
        description,
        rename,
        default,
        dry_run,
    } = args;
    let core = session.core(ui)?;
    let renamed = match &rename {
        Some(new) if !new.same_as(&name) => Some(outcome::renamed(
            "environment",
            &name,
            new,
            &environment::users(core, &name)?,
        )),
        _ => None,
    };
    let edits = Edits {
        description: Change::wanted(description),
        make_default: default,
        rename,
    };
    let (previewed, impact) = environment::preview_edit(core, &name, &edits)?;
    let old = environment::default(core)?;
    let moved = if default && !old.name.same_as(&name) {
        let new = &previewed.summary.name;
        let users = environment::users(core, &old.name)?;
        Some(moved(&old.name, new, &users))
    } else {
        None
    };
    let consequence = Consequence::new(&format!("changing environment `{name}`"), impact)
        .warning(renamed)
        .warning(moved);
    if dry_run {
        return consequence.show(ui);
    }
    consequence.confirm_stop(ui, "Change it?")?;
    let changed = environment::edit(session.core(ui)?, &name, &edits)?;
    consequence.warn(ui);
    outcome::edited(ui, &format!("environment `{name}`"), &changed)
}

/// Warns that another environment is now the default, and names what that concerns.
fn moved(old: &EnvironmentName, new: &EnvironmentName, users: &Dependents) -> String {
    let still = if users.is_empty() {
        String::new()
    } else {
        format!("; {users} stay bound to `{old}`")
    };
    format!("from now on, `{new}` is the default instead of `{old}`{still}")
}
