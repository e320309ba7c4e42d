//! `hallpass connection edit`.

use hallpass::ops::connection::{self, Edits};
use hallpass::ops::edit::{self, ListChange};

use super::given_guide;
use crate::cli::connection::Edit;
use crate::cli::input::Change;
use crate::commands::consequence::Consequence;
use crate::commands::outcome;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Changes a connection.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Edit) -> Result<(), Failure> {
    let Edit {
        name,
        description,
        group,
        token_lifetime,
        add_allow_ip,
        remove_allow_ip,
        any_ip,
        add_deny_ip,
        remove_deny_ip,
        guide_file,
        guide,
        rename,
        dry_run,
    } = args;
    let guide = match guide_file {
        Some(Change::Clear) => edit::Change::Clear,
        Some(Change::Set(file)) => set(given_guide::given(ui, Some(&file), None)?),
        None => set(given_guide::given(ui, None, guide)?),
    };
    let core = session.core(ui)?;
    let renamed = match &rename {
        Some(new) if !new.same_as(&name) => Some(outcome::renamed(
            "connection",
            &name,
            new,
            &connection::users(core, &name)?,
        )),
        _ => None,
    };
    let edits = Edits {
        description: Change::wanted(description),
        group: Change::wanted(group),
        token_lifetime: Change::wanted(token_lifetime),
        allow_ip: ListChange {
            add: add_allow_ip,
            remove: remove_allow_ip,
        },
        deny_ip: ListChange {
            add: add_deny_ip,
            remove: remove_deny_ip,
        },
        any_ip,
        guide,
        rename,
    };
    let (_, impact) = connection::preview_edit(core, &name, &edits)?;
    let consequence =
        Consequence::new(&format!("changing connection `{name}`"), impact).warning(renamed);
    if dry_run {
        return consequence.show(ui);
    }
    consequence.confirm_stop(ui, "Change it?")?;
    let changed = connection::edit(session.core(ui)?, &name, &edits)?;
    consequence.warn(ui);
    outcome::edited(ui, &format!("connection `{name}`"), &changed)
}

fn set<T>(given: Option<T>) -> edit::Change<T> {
    given.map_or(edit::Change::Keep, edit::Change::Set)
}
