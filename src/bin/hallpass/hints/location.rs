//! The hint for each location that names no store.

use hallpass::backend::location::BadLocation;
#[cfg(feature = "postgres")]
use hallpass::backend::postgres::BadDatabase;

use crate::hint::Hint;

/// Returns what to do about a location that names no store.
#[cfg_attr(
    not(feature = "postgres"),
    expect(clippy::unnecessary_wraps, reason = "a database may have no hint")
)]
pub(crate) fn of_location(bad: &BadLocation) -> Option<Hint> {
    match bad {
        #[cfg(feature = "postgres")]
        BadLocation::Database(bad) => of_database(bad).map(Hint::advice),
        _ => Some(Hint::advice("`--store PATH` must be a file")),
    }
}

#[cfg(feature = "postgres")]
fn of_database(bad: &BadDatabase) -> Option<&'static str> {
    match bad {
        BadDatabase::Malformed(_) => {
            Some("postgres://[USER@]HOST[:PORT]/DATABASE[?OPTION=VALUE&…]")
        }
        BadDatabase::Password(_) => Some(
            "use `.pgpass`, `--database-password-file FILE`, the systemd credential \
             `hallpass.database`, a client certificate, or a Unix socket",
        ),
        BadDatabase::StrayAt => Some(
            "write `%40` for an `@` in a name; a password must not be there: use `.pgpass` or \
             `--database-password-file FILE`",
        ),
        BadDatabase::UnknownOption { .. } => Some(
            "options: schema, host, port, user, dbname, sslmode, sslrootcert, sslcert, sslkey, \
             service, passfile, channel_binding, connect_timeout",
        ),
        BadDatabase::Missing(_) => Some("name it in the URL, or with `PGUSER` and `PGDATABASE`"),
        BadDatabase::Weak(_) => {
            Some("omit `sslmode`, or accept the risk with `--allow-insecure-database`")
        }
        BadDatabase::NoService { .. } => {
            Some("define it in `~/.pg_service.conf`, or in the file that `PGSERVICEFILE` names")
        }
        _ => None,
    }
}
