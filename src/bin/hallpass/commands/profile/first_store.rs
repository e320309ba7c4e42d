//! The first profile on a machine: its store is created on the way.

use std::io;

use hallpass::backend::Fault;

use crate::cli::top::Init;
use crate::commands::init;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Offers to create the store, at a terminal, if there is none.
pub(super) fn offer(ui: &mut Ui, session: &mut Session) -> Result<(), Failure> {
    if !ui.has_dialogue() || !is_missing(session)? {
        return Ok(());
    }
    let store = session.location()?;
    ui.confirm(&format!("there is no store at {store} yet"), "Create it?")?;
    let init = Init {
        new_key_file: None,
        recovery_file: None,
        no_recovery: false,
    };
    init::run(ui, session, &init)
}

fn is_missing(session: &Session) -> Result<bool, Failure> {
    let location = session.location()?;
    let Some(file) = location.file() else {
        // What else is wrong is said by the command itself.
        let opened = location.open(&session.options());
        return Ok(matches!(opened, Err(Fault::Missing(_))));
    };
    let found = file.symlink_metadata();
    Ok(found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound))
}
