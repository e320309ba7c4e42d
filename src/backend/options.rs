//! How a store is created and opened.

use std::time::Duration;

use super::traffic::Traffic;

mod database;

pub use database::{DatabaseOptions, Leniency, PasswordFile, Presence, Variables};

/// How a store is created and opened: a file, and what only databases need.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// Allow a store on a file system whose locks may not work.
    pub allow_network_fs: bool,
    /// Who may access the store's folder.
    pub folder: FolderPolicy,
    /// The journal mode of a new store; an existing one keeps its own.
    pub journal: Journal,
    /// What a process that has written leaves behind.
    pub at_close: AtClose,
    /// How long to wait for another writer.
    pub busy_timeout: Duration,
    /// Limit on the size of the file, in pages of 4 KiB: simulates a full disk in tests.
    pub max_pages: Option<u32>,
    /// How a database is connected to.
    pub database: DatabaseOptions,
    /// Where the traffic with a database is counted.
    pub traffic: Traffic,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            allow_network_fs: false,
            folder: FolderPolicy::Private,
            journal: Journal::Wal,
            at_close: AtClose::Merge,
            busy_timeout: Duration::from_secs(5),
            max_pages: None,
            database: DatabaseOptions::default(),
            traffic: Traffic::default(),
        }
    }
}

/// The requirements on the folder of a store file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FolderPolicy {
    /// Owned by the caller or root, and closed to everyone else.
    Private,
    /// Any folder can be read from: backups are sealed and may be on foreign media. To be written,
    /// it must be one in which no other user can replace files.
    Any,
}

/// The journal mode of a store file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Journal {
    /// A write-ahead log: one sync for each commit, and readers never wait.
    Wal,
    /// A rollback journal: a single file at rest, for removable media and read-only mounts.
    Portable,
}

/// What happens to the write-ahead log when a process that wrote to it exits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtClose {
    /// It is merged into the main file, which can then be copied on its own. Costs three more
    /// syncs.
    Merge,
    /// A short log is kept: as durable, and faster, but the main file alone may lack the latest
    /// changes.
    Leave,
}
