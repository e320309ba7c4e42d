//! Errors of a backend.

use std::io;

use crate::files::trust::Distrust;
use crate::kind::Kind;

/// An error of a backend. The store is unchanged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// Another writer holds the store.
    #[error("the store is busy")]
    Busy,
    /// Another writer committed first, and nothing was kept: the whole transaction may be run
    /// again.
    #[error(
        "another writer got there first, or the connection was lost before the change was sent"
    )]
    Conflict,
    /// Nobody knows whether the change was committed: the connection ended before the database
    /// answered, and it did not answer again in time.
    #[error("the database did not say whether the change was committed: {0}")]
    UnknownOutcome(String),
    /// The store cannot be written.
    #[error("the store cannot be written: {0}")]
    ReadOnly(String),
    /// Disk full, quota, file-size limit, I/O error.
    #[error("a storage error occurred: {0}")]
    Storage(String),
    /// Not a store, truncated, or with another schema.
    #[error("not a hallpass store, or corrupt: {0}")]
    Corrupt(String),
    /// Rows that an intact store of its size cannot hold.
    #[error("the store is damaged or was tampered with: {0}")]
    Damaged(String),
    /// Written by a newer hallpass.
    #[error("the store was written by a newer hallpass: {0}")]
    NewerFormat(String),
    /// Others can read or change something that must be private: a file, a folder, a key.
    #[error("`{what}` {problem}")]
    Unsafe {
        /// What it is, as a person would name it: a path.
        what: String,
        /// What is wrong, worded to follow the name: "is readable by others".
        problem: String,
        /// A command that fixes it.
        fix: Option<String>,
    },
    /// There is no store at the path.
    #[error("no store at `{0}`")]
    Missing(String),
    /// The server has no such database.
    #[error("no such database: {0}")]
    NoDatabase(String),
    /// The database has no tables of a store, or hides them from the role.
    #[error("no tables of a store: {place}")]
    NoTables {
        /// The database and its schema.
        place: String,
        /// Who looked for them.
        role: String,
    },
    /// There is a store at the path already.
    #[error("a store already exists at `{0}`")]
    Exists(String),
    /// The storage engine is unsuitable: its version or configuration.
    #[error("unsuitable {0}")]
    Engine(String),
    /// Something outside the store could not be accessed.
    #[error("`{what}`")]
    Io {
        /// Which file, folder or host.
        what: String,
        /// The cause.
        source: io::Error,
    },
}

impl Fault {
    /// The coarse kind of this error.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Busy | Self::Conflict => Kind::Busy,
            Self::UnknownOutcome(_) => Kind::UnknownOutcome,
            Self::ReadOnly(_) => Kind::ReadOnly,
            Self::Storage(_) | Self::Io { .. } => Kind::Storage,
            Self::Corrupt(_) => Kind::Corrupt,
            Self::Damaged(_) => Kind::Integrity,
            Self::NewerFormat(_) => Kind::NewerFormat,
            Self::Unsafe { .. } => Kind::UnsafeFile,
            Self::Missing(_) | Self::NoDatabase(_) | Self::NoTables { .. } => Kind::NotFound,
            Self::Exists(_) => Kind::Exists,
            Self::Engine(_) => Kind::Engine,
        }
    }
}

impl From<Distrust> for Fault {
    fn from(distrust: Distrust) -> Self {
        match distrust {
            Distrust::Unsafe { path, problem, fix } => Self::Unsafe {
                what: path.display().to_string(),
                problem: problem.to_string(),
                fix,
            },
            Distrust::Failed { path, source } => Self::Io {
                what: path.display().to_string(),
                source,
            },
        }
    }
}
