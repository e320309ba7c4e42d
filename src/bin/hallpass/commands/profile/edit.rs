//! `hallpass profile edit`.

use hallpass::ops::edit::ListChange;
use hallpass::ops::profile::{self, Edits};

use crate::cli::input::Change;
use crate::cli::profile::Edit;
use crate::commands::consequence::Consequence;
use crate::commands::outcome;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Changes a profile.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Edit) -> Result<(), Failure> {
    let Edit {
        name,
        email,
        description,
        add_connection,
        remove_connection,
        any_connection,
        add_group,
        remove_group,
        rename,
        unlock,
        dry_run,
    } = args;
    let core = session.core(ui)?;
    // "Add this connection" sounds like more access, but narrows a profile that may use any.
    let narrows = !add_connection.is_empty() && profile::show(core, &name)?.connections.is_none();
    let narrows =
        narrows.then(|| format!("profile `{name}` could use any connection; it is now restricted"));
    let renamed = match &rename {
        Some(new) if !new.same_as(&name) => Some(outcome::renamed(
            "profile",
            &name,
            new,
            &profile::addresses(core, &name)?,
        )),
        _ => None,
    };
    let edits = Edits {
        email: Change::wanted(email),
        description: Change::wanted(description),
        connections: ListChange {
            add: add_connection,
            remove: remove_connection,
        },
        any_connection,
        groups: ListChange {
            add: add_group,
            remove: remove_group,
        },
        rename,
        unlock,
    };
    let (_, impact) = profile::preview_edit(core, &name, &edits)?;
    let consequence = Consequence::new(&format!("changing profile `{name}`"), impact)
        .warning(narrows)
        .warning(renamed);
    if dry_run {
        return consequence.show(ui);
    }
    consequence.confirm_stop(ui, "Change it?")?;
    let changed = profile::edit(session.core(ui)?, &name, &edits)?;
    consequence.warn(ui);
    outcome::edited(ui, &format!("profile `{name}`"), &changed)
}
