//! The variables of libpq, the client library of `PostgreSQL`.

use std::ffi::OsString;
use std::path::PathBuf;

use hallpass::backend::options::{Presence, Variables};

/// What the variables of libpq say.
#[derive(Debug, Clone, Default)]
pub(super) struct Libpq {
    /// Those that fill what a URL leaves open.
    pub(super) variables: Variables,
    /// `PGPASSFILE`.
    pub(super) passfile: Option<PathBuf>,
    /// `PGSERVICEFILE`.
    pub(super) service_file: Option<PathBuf>,
}

impl Libpq {
    /// Takes the variables. Nothing of a password is kept.
    pub(super) fn of(get: &impl Fn(&str) -> Option<OsString>) -> Self {
        let path = |name| get(name).map(PathBuf::from);
        let password = match get("PGPASSWORD") {
            Some(_) => Presence::Present,
            None => Presence::Absent,
        };
        Self {
            variables: Variables {
                host: get("PGHOST"),
                port: get("PGPORT"),
                user: get("PGUSER"),
                database: get("PGDATABASE"),
                roots: get("PGSSLROOTCERT"),
                service: get("PGSERVICE"),
                password,
            },
            passfile: path("PGPASSFILE"),
            service_file: path("PGSERVICEFILE"),
        }
    }
}
