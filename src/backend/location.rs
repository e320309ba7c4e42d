//! The location of a store, as `--store` names it.

use std::path::{Path, PathBuf};

use super::Backend;
use super::fault::Fault;
use super::options::OpenOptions;
use super::sqlite::SqliteBackend;
pub use super::sqlite::{is_store_sidecar, store_paths};

/// The location of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Location {
    /// A file.
    File(PathBuf),
}

/// Returned for a URL of a database, which this build does not support. The URL is not part of the
/// error, because it may contain a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this release does not support stores in PostgreSQL")]
pub struct Unsupported;

impl Location {
    /// Parses the value of `--store`: the path of a file, or the URL of a database.
    ///
    /// # Errors
    ///
    /// [`Unsupported`] for a URL that begins with `postgres:/` or `postgresql:/`. One slash is
    /// enough, because scripts often collapse `//`, and no file is likely to be named like that.
    pub fn parse(named: &Path) -> Result<Self, Unsupported> {
        let text = named.to_string_lossy();
        if text.starts_with("postgres:/") || text.starts_with("postgresql:/") {
            return Err(Unsupported);
        }
        Ok(Self::File(named.to_owned()))
    }

    /// Opens the store at this location.
    ///
    /// # Errors
    ///
    /// [`Fault::Missing`] if there is none, and everything that makes it unsafe or unusable.
    pub fn open(&self, options: &OpenOptions) -> Result<Box<dyn Backend>, Fault> {
        match self {
            Self::File(path) => Ok(Box::new(SqliteBackend::open(path, options)?)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_file_and_the_url_of_a_database_is_refused_without_its_password() {
        for path in [
            "store.db",
            "/a/b.db",
            "./postgres:x",
            "postgres",
            "dir/postgres://x",
        ] {
            assert_eq!(
                Location::parse(Path::new(path)),
                Ok(Location::File(path.into())),
                "{path}"
            );
        }
        for url in [
            "postgres://anna:s3cret@host/db",
            "postgresql://anna:s3cret@host:5432/db?schema=x",
            "postgres:/anna:s3cret@host/db",
        ] {
            let refused = Location::parse(Path::new(url)).unwrap_err();
            assert!(
                !format!("{refused} {refused:?}").contains("s3cret"),
                "{url}"
            );
        }
    }
}
