//! The first profile on a machine: its store is created on the way.

use std::io;

use crate::cli::top::Init;
use crate::commands::init;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Offers to create the store, at a terminal, if there is none.
pub(super) fn offer(ui: &mut Ui, session: &mut Session) -> Result<(), Failure> {
    let store = session.settings().store()?;
    let missing = store
        .symlink_metadata()
        .is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    if !missing || !ui.has_dialogue() {
        return Ok(());
    }
    ui.confirm(
        &format!("there is no store at {} yet", store.display()),
        "Create it?",
    )?;
    let init = Init {
        new_key_file: None,
        recovery_file: None,
        no_recovery: false,
    };
    init::run(ui, session, &init)
}
