//! The names of the files next to a store, and the detection of a store by its first bytes.

use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

/// The suffixes that `SQLite` appends to a store's name.
pub(super) const SIDECARS: [&str; 3] = ["-wal", JOURNAL, "-shm"];
pub(super) const JOURNAL: &str = "-journal";
/// Suffix of the hidden file that is locked for maintenance of the whole store.
pub(super) const LOCK: &str = ".lock";

/// All files that belong to the store `path`, or may be created next to it.
pub fn store_paths(path: &Path) -> Vec<PathBuf> {
    let Some(name) = path.file_name() else {
        return Vec::new();
    };
    let sidecars = SIDECARS.into_iter().map(|suffix| with(name, suffix));
    let names = std::iter::once(name.to_owned()).chain(sidecars);
    names
        .chain([hidden(name, LOCK)])
        .map(|name| path.with_file_name(name))
        .collect()
}

/// Whether a file in a folder belongs to a store there, or may be created next to one.
pub fn is_store_sidecar(folder: impl AsFd, name: &OsStr) -> bool {
    let Some(name) = name.to_str() else {
        return false;
    };
    let locked = name
        .strip_prefix('.')
        .and_then(|name| name.strip_suffix(LOCK));
    let stores = SIDECARS
        .into_iter()
        .filter_map(|suffix| name.strip_suffix(suffix));
    stores
        .chain(locked)
        .any(|store| is_store(folder.as_fd(), OsStr::new(store)))
}

/// Whether a file begins like a store.
pub(super) fn is_store(folder: BorrowedFd<'_>, name: &OsStr) -> bool {
    const MAGIC: &[u8] = b"SQLite format 3\0";
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut start = [0; MAGIC.len()];
    rustix::fs::openat(folder, name, flags, Mode::empty())
        .and_then(|file| rustix::io::read(&file, &mut start))
        .is_ok_and(|read| start.get(..read) == Some(MAGIC))
}

/// Appends a suffix to a name.
pub(super) fn with(name: &OsStr, suffix: &str) -> OsString {
    let mut name = name.to_owned();
    name.push(suffix);
    name
}

/// Makes the hidden form of a name, with a suffix.
pub(super) fn hidden(name: &OsStr, suffix: &str) -> OsString {
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(suffix);
    hidden
}
