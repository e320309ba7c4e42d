//! What an operator typed to name the store.

use hallpass::backend::location::Location;

use crate::cli::global::Global;
use crate::output::sanitize::shell;

/// The options that name the store, as they would be typed again.
pub(super) fn typed(global: &Global) -> String {
    // A URL that does not parse may hold a password, and is refused anyway.
    let store = global
        .store
        .as_ref()
        .filter(|named| Location::check(named).is_ok());
    let database = &global.database;
    let named = [
        ("--store", store),
        ("--state-dir", global.state_dir.as_ref()),
        ("--config", global.config.as_ref()),
        ("--key-file", global.key.key_file.as_ref()),
        (
            "--database-password-file",
            database.database_password_file.as_ref(),
        ),
    ];
    let said = named
        .into_iter()
        .filter_map(|(option, path)| Some((option, path?)));
    let said = said.flat_map(|(option, path)| [format!(" {option} "), shell(path)]);
    let switches = [
        (
            "--allow-insecure-database",
            database.allow_insecure_database,
        ),
        ("--allow-unsafe-database", database.allow_unsafe_database),
    ];
    let switches = switches.into_iter().filter(|(_, is_on)| *is_on);
    said.chain(switches.map(|(option, _)| format!(" {option}")))
        .collect()
}
