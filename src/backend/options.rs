//! How a store that is a file is made and opened.

use std::time::Duration;

/// How a store file is made and opened.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// Takes a store on a filesystem whose locks may not work.
    pub allow_network_fs: bool,
    /// What the folder must be like.
    pub folder: FolderPolicy,
    /// How a new store keeps its changes until they are in the file; an existing one keeps its own.
    pub journal: Journal,
    /// What a process that wrote leaves behind.
    pub at_close: AtClose,
    /// How long to wait for another writer.
    pub busy_timeout: Duration,
    /// The most pages (4 KiB) the file may grow to, if there is a limit: a full disk, for tests.
    pub max_pages: Option<u32>,
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
        }
    }
}

/// What the folder of a store file must be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FolderPolicy {
    /// The caller's or root's, and closed to everybody else.
    Private,
    /// Any to read from: for backups, which are sealed and may lie on foreign media. One that is
    /// written to must be such that nobody else can exchange what is in it.
    Any,
}

/// How changes are kept until they are in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Journal {
    /// A write-ahead log: one forced write a commit, and readers never wait.
    Wal,
    /// A rollback journal: a single file at rest, for removable media and read-only mounts.
    Portable,
}

/// What becomes of the write-ahead log when a process that wrote to it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtClose {
    /// Everything goes into the main file, which can then be copied on its own. Costs three more
    /// forced writes.
    Merge,
    /// A short log stays: as durable, and faster, but the main file alone may be a few changes
    /// behind.
    Leave,
}
