//! `hallpass store`.

use crate::cli::store::{Key, Store};
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

mod accept;
mod backup;
mod carried;
mod check;
mod info;
mod key;
mod restore;

/// Runs a command on the store as a whole.
pub(super) fn run(ui: &mut Ui, session: &mut Session, command: Store) -> Result<(), Failure> {
    match command {
        Store::Info(args) => info::run(ui, session, &args),
        Store::Check(args) => check::run(ui, session, &args),
        Store::Backup(args) => backup::run(ui, session, &args),
        Store::Restore(args) => restore::run(ui, session, &args),
        Store::Accept(args) => accept::run(ui, session, &args),
        Store::Key(Key::List(args)) => key::list(ui, session, &args),
        Store::Key(Key::Add(args)) => key::add(ui, session, &args),
        Store::Key(Key::Remove(args)) => key::remove(ui, session, &args),
    }
}
