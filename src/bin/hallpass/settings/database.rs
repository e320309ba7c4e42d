//! What this program tells the library about databases.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use hallpass::backend::options::{DatabaseOptions, Leniency, PasswordFile};
use rustix::process::geteuid;

use super::Settings;
use super::environment::Environment;
use super::home::home;
use super::libpq::Libpq;
use crate::cli::global::DatabaseFlags;
use crate::users;

/// The name of the password in systemd's `$CREDENTIALS_DIRECTORY`.
const CREDENTIAL: &str = "hallpass.database";

impl Settings {
    /// Collects what the options, the environment, the settings and the home folder say about
    /// databases.
    pub(crate) fn database(
        &self,
        flags: &DatabaseFlags,
        environment: &Environment,
    ) -> DatabaseOptions {
        let DatabaseFlags {
            database_password_file: named,
            allow_insecure_database,
            allow_unsafe_database,
        } = flags;
        let home = home(&environment.base);
        let below = |name: &str| Some(home.as_ref()?.join(name));
        let Libpq {
            variables,
            passfile,
            service_file,
        } = environment.libpq.clone();
        let password_file = named
            .clone()
            .or_else(|| self.database_password_file.clone())
            .or_else(|| credential(environment.credentials.as_deref()?));
        DatabaseOptions {
            variables,
            os_user: users::by_number(geteuid().as_raw()).map(|user| user.name),
            passfile: passfile.or_else(|| below(".pgpass")),
            service_file: service_file.or_else(|| below(".pg_service.conf")),
            password_file: password_file.map(PasswordFile::new),
            weak_encryption: leniency(*allow_insecure_database),
            unsafe_engine: leniency(*allow_unsafe_database),
        }
    }
}

fn leniency(is_allowed: bool) -> Leniency {
    if is_allowed {
        Leniency::Allowed
    } else {
        Leniency::Refused
    }
}

fn credential(folder: &Path) -> Option<PathBuf> {
    let path = folder.join(CREDENTIAL);
    // As for the key: if it cannot be told whether there is one, reading it says why.
    let is_absent = |error: io::Error| error.kind() == io::ErrorKind::NotFound;
    let found = fs::symlink_metadata(&path);
    (!found.is_err_and(is_absent)).then_some(path)
}
