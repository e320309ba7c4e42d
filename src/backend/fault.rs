//! What storage says when it cannot do as told.

use std::io;

use crate::files::trust::Distrust;
use crate::kind::Kind;

/// What storage says when it cannot do as told. A fault leaves the store as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// Another writer holds the store.
    #[error("the store is busy")]
    Busy,
    /// Another writer was faster, and nothing was kept: the whole transaction may be run again.
    #[error("the store is busy: another writer got there first")]
    Conflict,
    /// Nothing can be written here.
    #[error("the store cannot be written: {0}")]
    ReadOnly(String),
    /// Disk full, quota, file-size limit, I/O error.
    #[error("a storage error occurred: {0}")]
    Storage(String),
    /// Not a store, truncated, or of another shape.
    #[error("not a hallpass store, or corrupt: {0}")]
    Corrupt(String),
    /// Rows that an honest store of its size cannot hold.
    #[error("the store is damaged or was tampered with: {0}")]
    Damaged(String),
    /// Written by a newer hallpass.
    #[error("the store was written by a newer hallpass: {0}")]
    NewerFormat(String),
    /// Others could read or change something that only this user may: a file, a folder, a key.
    #[error("`{what}` {problem}")]
    Unsafe {
        /// What it is, as a person would name it: a path.
        what: String,
        /// What is wrong with it, after its name: "is readable by others".
        problem: String,
        /// A command that mends it.
        fix: Option<String>,
    },
    /// No store there.
    #[error("no store at `{0}`")]
    Missing(String),
    /// A store is there already.
    #[error("a store already exists at `{0}`")]
    Exists(String),
    /// What keeps the tables is unsuitable: its version, or how it is set up.
    #[error("unsuitable {0}")]
    Engine(String),
    /// Something beside the store could not be reached.
    #[error("`{what}`")]
    Io {
        /// Which file, folder or host.
        what: String,
        /// Why.
        source: io::Error,
    },
}

impl Fault {
    /// Which coarse sort this is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Busy | Self::Conflict => Kind::Busy,
            Self::ReadOnly(_) => Kind::ReadOnly,
            Self::Storage(_) | Self::Io { .. } => Kind::Storage,
            Self::Corrupt(_) => Kind::Corrupt,
            Self::Damaged(_) => Kind::Integrity,
            Self::NewerFormat(_) => Kind::NewerFormat,
            Self::Unsafe { .. } => Kind::UnsafeFile,
            Self::Missing(_) => Kind::NotFound,
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
