//! `hallpass connection edit`.

use hallpass::ops::connection::{self, Edits};
use hallpass::ops::edit::{self, ListChange};

use super::guide;
use crate::cli::connection::Edit;
use crate::cli::input::Change;
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
        rename,
    } = args;
    let guide = match guide_file {
        None => edit::Change::Keep,
        Some(Change::Clear) => edit::Change::Clear,
        Some(Change::Set(file)) => edit::Change::Set(guide(ui, &file)?),
    };
    let edits = Edits {
        description: Change::wanted(description),
        group: Change::wanted(group),
        token_lifetime: Change::wanted(token_lifetime),
        allow_ip: ListChange { add: add_allow_ip, remove: remove_allow_ip },
        deny_ip: ListChange { add: add_deny_ip, remove: remove_deny_ip },
        any_ip,
        guide,
        rename,
    };
    let changed = connection::edit(session.core(ui)?, &name, &edits)?;
    outcome::edited(ui, &format!("connection `{name}`"), &changed)
}
