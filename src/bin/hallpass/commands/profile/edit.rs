//! `hallpass profile edit`.

use hallpass::ops::edit::ListChange;
use hallpass::ops::profile::{self, Edits};

use crate::cli::input::Change;
use crate::cli::profile::Edit;
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
    } = args;
    let core = session.core(ui)?;
    // "This one, too" reads as if it widened what was open to any.
    let narrows = !add_connection.is_empty() && profile::show(core, &name)?.connections.is_none();
    let edits = Edits {
        email: Change::wanted(email),
        description: Change::wanted(description),
        connections: ListChange { add: add_connection, remove: remove_connection },
        any_connection,
        groups: ListChange { add: add_group, remove: remove_group },
        rename,
        unlock,
    };
    let changed = profile::edit(core, &name, &edits)?;
    if narrows {
        ui.warn(format!("profile `{name}` could use any connection; it is restricted now"));
    }
    outcome::edited(ui, &format!("profile `{name}`"), &changed)
}
