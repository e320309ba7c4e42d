//! What storage says when it cannot do as told.

use std::io;
use std::path::PathBuf;

use crate::error::Kind;
use crate::files::trust::Distrust;

/// What storage says when it cannot do as told. A fault leaves the store as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// Another writer holds the store.
    #[error("the store is busy")]
    Busy,
    /// Nothing can be written here.
    #[error("the store cannot be written: {0}")]
    ReadOnly(String),
    /// Disk full, quota, file-size limit, I/O error.
    #[error("the storage failed: {0}")]
    Storage(String),
    /// Not a store, truncated, or of another shape.
    #[error("not a hallpass store, or corrupt: {0}")]
    Corrupt(String),
    /// Rows that an honest store of its size cannot hold.
    #[error("the store is damaged or was changed from outside: {0}")]
    Damaged(String),
    /// Written by a newer hallpass.
    #[error("the store was written by a newer hallpass: {0}")]
    NewerFormat(String),
    /// Owner, mode, kind or place of a file would let others in.
    #[error("`{}` {problem}", path.display())]
    UnsafeFile {
        /// Which file or folder.
        path: PathBuf,
        /// What is wrong with it, after its name: "is readable by others".
        problem: String,
        /// A command that mends it.
        fix: Option<String>,
    },
    /// No store there.
    #[error("no store at `{}`", .0.display())]
    Missing(PathBuf),
    /// A store is there already.
    #[error("a store already exists at `{}`", .0.display())]
    Exists(PathBuf),
    /// The `SQLite` library is unsuitable.
    #[error("unsuitable SQLite: {0}")]
    Sqlite(String),
    /// A file beside the store.
    #[error("`{}`", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Fault {
    /// Which coarse sort this is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Busy => Kind::Busy,
            Self::ReadOnly(_) => Kind::ReadOnly,
            Self::Storage(_) | Self::File { .. } => Kind::Storage,
            Self::Corrupt(_) => Kind::Corrupt,
            Self::Damaged(_) => Kind::Integrity,
            Self::NewerFormat(_) => Kind::NewerFormat,
            Self::UnsafeFile { .. } => Kind::UnsafeFile,
            Self::Missing(_) => Kind::NotFound,
            Self::Exists(_) => Kind::Exists,
            Self::Sqlite(_) => Kind::Sqlite,
        }
    }
}

impl From<Distrust> for Fault {
    fn from(distrust: Distrust) -> Self {
        match distrust {
            Distrust::Unsafe { path, problem, fix } => {
                Self::UnsafeFile { path, problem: problem.to_string(), fix }
            }
            Distrust::Failed { path, source } => Self::File { path, source },
        }
    }
}
