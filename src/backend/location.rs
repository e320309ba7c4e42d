//! Where a store is, as `--store` names it.

use std::path::{Path, PathBuf};

use super::Backend;
use super::fault::Fault;
use super::options::OpenOptions;
use super::sqlite::SqliteBackend;
pub use super::sqlite::{beside, lies_beside_a_store};

/// A place that a store is in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Location {
    /// A file.
    File(PathBuf),
}

/// A database is named, and this build keeps stores in files only. What was named is not repeated: it
/// may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this release does not support stores in PostgreSQL")]
pub struct Unsupported;

impl Location {
    /// Reads what `--store` names: the path of a file, or the URL of a database.
    ///
    /// # Errors
    ///
    /// [`Unsupported`] for a URL that begins with `postgres:/` or `postgresql:/`. One slash will do:
    /// `//` is often shortened on its way through scripts, and no file is meant by that.
    pub fn parse(named: &Path) -> Result<Self, Unsupported> {
        let text = named.to_string_lossy();
        if text.starts_with("postgres:/") || text.starts_with("postgresql:/") {
            return Err(Unsupported);
        }
        Ok(Self::File(named.to_owned()))
    }

    /// Opens the store that is there.
    ///
    /// # Errors
    ///
    /// [`Fault::Missing`] if there is none, and whatever makes it unsafe or unfit to be opened.
    pub fn open(&self, options: &OpenOptions) -> Result<Box<dyn Backend>, Fault> {
        match self {
            Self::File(path) => Ok(Box::new(SqliteBackend::open(path, options)?)),
        }
    }

    /// Starts a new store as a draft with empty tables; [`Backend::publish`] makes it appear.
    ///
    /// # Errors
    ///
    /// [`Fault::Exists`] if there is a store, and whatever makes the place unsafe.
    pub fn create(&self, options: &OpenOptions) -> Result<Box<dyn Backend>, Fault> {
        match self {
            Self::File(path) => Ok(Box::new(SqliteBackend::create(path, options)?)),
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
