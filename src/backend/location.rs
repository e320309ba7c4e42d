//! The location of a store, as `--store` names it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Backend;
use super::fault::Fault;
use super::options::{DatabaseOptions, OpenOptions};
#[cfg(feature = "postgres")]
use super::postgres::{self, BadDatabase, Database, DatabaseUrl, PostgresBackend};
use super::sqlite::SqliteBackend;
pub use super::sqlite::{is_store_sidecar, store_paths};
use crate::kind::Kind;

/// The location of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Location {
    /// A file.
    File(PathBuf),
    /// A schema of a database in `PostgreSQL`.
    #[cfg(feature = "postgres")]
    Database(Box<Database>),
}

/// Why the value of `--store` names no store. The value is not part of it, because a URL may contain a
/// password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadLocation {
    /// The URL of a database, which this build does not support.
    #[cfg(not(feature = "postgres"))]
    #[error("this release does not support stores in PostgreSQL")]
    Unsupported,
    /// A URL that names no database.
    #[cfg(feature = "postgres")]
    #[error(transparent)]
    Database(#[from] BadDatabase),
}

impl BadLocation {
    /// The coarse kind of this error.
    pub fn kind(&self) -> Kind {
        match self {
            #[cfg(not(feature = "postgres"))]
            Self::Unsupported => Kind::Usage,
            #[cfg(feature = "postgres")]
            Self::Database(bad) => bad.kind(),
        }
    }

    /// Whether the value holds a password, or what is most likely one.
    pub fn holds_password(&self) -> bool {
        match self {
            #[cfg(not(feature = "postgres"))]
            Self::Unsupported => false,
            #[cfg(feature = "postgres")]
            Self::Database(bad) => {
                matches!(bad, BadDatabase::Password(_) | BadDatabase::StrayAt)
            }
        }
    }

    /// The error of a file that the URL leads to, if that is what is wrong.
    ///
    /// # Errors
    ///
    /// Gives everything else back.
    pub fn into_fault(self) -> Result<Fault, Self> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Database(BadDatabase::File(fault)) => Ok(fault),
            other => Err(other),
        }
    }
}

/// Whether the value of `--store` is meant as the URL of a database, also in a build without them.
pub fn is_database(named: &Path) -> bool {
    let text = named.to_string_lossy();
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    // One slash is enough, because scripts often collapse `//`, and no file is likely to be named
    // like that.
    let is_ours = ["postgres", "postgresql"]
        .iter()
        .any(|ours| scheme.eq_ignore_ascii_case(ours));
    is_ours && rest.starts_with('/')
}

/// The files that belong to the store that `--store` names: its own, or those that the URL of a
/// database names.
pub fn files_of(named: &Path) -> Vec<PathBuf> {
    if !is_database(named) {
        return store_paths(named);
    }
    #[cfg(feature = "postgres")]
    if let Ok(url) = url(named) {
        return url.files().map(Path::to_owned).collect();
    }
    Vec::new()
}

impl Location {
    /// Parses the value of `--store`: the path of a file, or the URL of a database, of which
    /// `options` fill what it leaves open.
    ///
    /// # Errors
    ///
    /// [`BadLocation`] for a URL that names no database, or not as it should.
    pub fn parse(
        named: &Path,
        #[cfg_attr(
            not(feature = "postgres"),
            expect(unused_variables, reason = "this program has no databases")
        )]
        options: &DatabaseOptions,
    ) -> Result<Self, BadLocation> {
        if !is_database(named) {
            return Ok(Self::File(named.to_owned()));
        }
        #[cfg(feature = "postgres")]
        return Ok(Self::Database(Box::new(url(named)?.resolve(options)?)));
        #[cfg(not(feature = "postgres"))]
        Err(BadLocation::Unsupported)
    }

    /// Checks the value of `--store` as far as that takes nothing else: whether it can be repeated in
    /// a message.
    ///
    /// # Errors
    ///
    /// [`BadLocation`] for a URL that does not parse or holds a password.
    pub fn check(named: &Path) -> Result<(), BadLocation> {
        if !is_database(named) {
            return Ok(());
        }
        #[cfg(feature = "postgres")]
        return Ok(url(named).map(drop)?);
        #[cfg(not(feature = "postgres"))]
        Err(BadLocation::Unsupported)
    }

    /// The file, if it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            #[cfg(feature = "postgres")]
            Self::Database(_) => None,
        }
    }

    /// The name of the database for this machine's memory, if it is one: without the role, and with
    /// the hosts in order.
    pub fn database_identity(&self) -> Option<String> {
        match self {
            Self::File(_) => None,
            #[cfg(feature = "postgres")]
            Self::Database(database) => Some(database.identity()),
        }
    }

    /// The same location, with a connection that is given up soon: for what may be left out.
    #[must_use]
    pub fn hasty(
        &self,
        #[cfg_attr(
            not(feature = "postgres"),
            expect(unused_variables, reason = "this program has no databases")
        )]
        patience: Duration,
    ) -> Self {
        match self {
            Self::File(_) => self.clone(),
            #[cfg(feature = "postgres")]
            Self::Database(database) => {
                let mut database = database.clone();
                database.connect_timeout = patience;
                Self::Database(database)
            }
        }
    }

    /// What is not ensured of a connection to it, if anything.
    pub fn weakness(&self) -> Option<&'static str> {
        match self {
            Self::File(_) => None,
            #[cfg(feature = "postgres")]
            Self::Database(database) => database.weakness(),
        }
    }

    /// Opens the store at this location.
    ///
    /// # Errors
    ///
    /// [`Fault::Missing`] if there is none, and everything that makes it unsafe or unusable.
    pub fn open(&self, options: &OpenOptions) -> Result<Box<dyn Backend>, Fault> {
        match self {
            Self::File(path) => Ok(Box::new(SqliteBackend::open(path, options)?)),
            #[cfg(feature = "postgres")]
            Self::Database(database) => Ok(Box::new(PostgresBackend::open(database, options)?)),
        }
    }

    /// Creates a store as a draft with empty tables; [`Backend::publish`] makes it visible.
    ///
    /// # Errors
    ///
    /// [`Fault::Exists`] if there is a store, and [`Fault::Unsafe`] if the folder is not private.
    pub fn create(&self, options: &OpenOptions) -> Result<Box<dyn Backend>, Fault> {
        match self {
            Self::File(path) => Ok(Box::new(SqliteBackend::create(path, options)?)),
            #[cfg(feature = "postgres")]
            Self::Database(database) => postgres::create(database, options),
        }
    }

    /// What is at this location as the target of a copy: a store, an unfinished copy, or storage
    /// without rows. `None` if it has to be created first.
    ///
    /// # Errors
    ///
    /// Everything that makes it unsafe or unusable.
    pub fn find_target(&self, options: &OpenOptions) -> Result<Option<Box<dyn Backend>>, Fault> {
        match self.open(options) {
            Err(Fault::Missing(_)) => Ok(None),
            found => found.map(Some),
        }
    }

    /// Opens this location as the target of a copy. A store in a file is created as a draft, which
    /// is complete once it is published.
    ///
    /// # Errors
    ///
    /// As [`Self::find_target`] and [`Self::create`].
    pub fn open_target(&self, options: &OpenOptions) -> Result<Box<dyn Backend>, Fault> {
        match self.find_target(options)? {
            Some(found) => Ok(found),
            None => self.create(options),
        }
    }
}

impl fmt::Display for Location {
    /// Writes the path, or the URL in a normal form, without the role.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            #[cfg(feature = "postgres")]
            Self::Database(database) => database.fmt(f),
        }
    }
}

#[cfg(feature = "postgres")]
fn url(named: &Path) -> Result<DatabaseUrl, BadDatabase> {
    let text = named.to_str();
    text.ok_or(BadDatabase::Malformed("is not UTF-8"))?.parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_file_and_the_url_of_a_database_is_refused_without_its_password() {
        let options = DatabaseOptions::default();
        for path in [
            "store.db",
            "/a/b.db",
            "./postgres:x",
            "postgres",
            "postgres:x",
            "dir/postgres://x",
        ] {
            let location = Location::parse(Path::new(path), &options).unwrap();
            assert_eq!(location, Location::File(path.into()), "{path}");
            assert_eq!(location.to_string(), path);
            assert!(Location::check(Path::new(path)).is_ok());
        }
        for url in [
            "postgres://anna:s3cret@host/db",
            "postgresql://anna:s3cret@host:5432/db?schema=x",
            "postgres:/anna:s3cret@host/db",
            "POSTGRES://anna:s3cret@host/db",
        ] {
            let refused = Location::parse(Path::new(url), &options).unwrap_err();
            let checked = Location::check(Path::new(url)).unwrap_err();
            let said = format!("{refused} {refused:?} {checked} {checked:?}");
            assert!(!said.contains("s3cret"), "{said}");
            assert_eq!((refused.kind(), checked.kind()), (Kind::Usage, Kind::Usage));
        }
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn a_database_is_shown_in_a_normal_form_without_its_role() {
        let options = DatabaseOptions::default();
        let parse = |url: &str| Location::parse(Path::new(url), &options).unwrap();
        let location = parse("postgresql://anna@b,A:1/d%62?schema=x&connect_timeout=9");
        let shown = "postgres://b:5432,a:1/db?schema=x";
        assert_eq!(location.to_string(), shown);
        assert_eq!(location.file(), None);
        let identity = Some("postgres://a:1,b:5432/db?schema=x".to_owned());
        assert_eq!(location.database_identity(), identity);
        let other = parse("postgres://bob@a:1,b,b/db?schema=x");
        assert_eq!(other.database_identity(), identity);
        assert_ne!(
            parse("postgres://bob@a:1,b/db").database_identity(),
            identity
        );
    }
}
