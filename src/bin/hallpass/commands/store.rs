//! `hallpass store`.

use crate::cli::store::{KeyCommand, StoreCommand};
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

mod accept;
mod backup;
mod carried;
mod check;
mod copy;
mod info;
mod key;
mod restore;
#[cfg(feature = "postgres")]
mod schema;

/// Runs a command on the store as a whole.
pub(super) fn run(
    ui: &mut Ui,
    session: &mut Session,
    command: StoreCommand,
) -> Result<(), Failure> {
    match command {
        StoreCommand::Info(args) => info::run(ui, session, &args),
        StoreCommand::Check(args) => check::run(ui, session, &args),
        StoreCommand::Backup(args) => backup::run(ui, session, &args),
        StoreCommand::Restore(args) => restore::run(ui, session, &args),
        StoreCommand::Copy(args) => copy::run(ui, session, &args),
        StoreCommand::Accept(args) => accept::run(ui, session, &args),
        #[cfg(feature = "postgres")]
        StoreCommand::Schema(args) => schema::run(ui, session, &args),
        StoreCommand::Key(KeyCommand::List(args)) => key::list(ui, session, &args),
        StoreCommand::Key(KeyCommand::Add(args)) => key::add(ui, session, &args),
        StoreCommand::Key(KeyCommand::Remove(args)) => key::remove(ui, session, &args),
    }
}
