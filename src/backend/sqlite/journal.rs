//! Checks on a rollback journal found next to a store, before `SQLite` applies it.

use std::ffi::OsStr;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Mutex, PoisonError};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use super::fault::corrupt;
use super::folder::{Folder, file};
use super::identity::{Identity, identity};
use crate::backend::Fault;

/// The end of a journal that names a super-journal, which a store's own journal never does.
const MAGIC: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
/// Offset of the journal mode (write version, read version) in the file's header.
const MODE: u64 = 18;
/// Rollback journal.
const ROLLBACK: [u8; 2] = [1, 1];

/// Refuses a journal that does not belong to the store: one that names another file, which `SQLite`
/// might then delete, and one next to a store in WAL mode.
pub(super) fn check(folder: &Folder, store: &OsStr, journal: &OsStr) -> Result<(), Fault> {
    let Some(journal) = open(folder, journal)? else {
        return Ok(());
    };
    let length = rustix::fs::fstat(&journal).map_or(0, |stat| stat.st_size);
    let end = u64::try_from(length)
        .unwrap_or(0)
        .saturating_sub(MAGIC.len() as u64);
    if bytes_at(&journal, end) == Some(MAGIC) {
        return Err(corrupt("the journal next to it names another file"));
    }
    if bytes_of(folder, store, MODE)? == Some(ROLLBACK) {
        return Ok(());
    }
    Err(corrupt(
        "there is a rollback journal next to it, but it is written without one",
    ))
}

/// Reads bytes of a store; `None` if it is too short or missing.
fn bytes_of<const N: usize>(
    folder: &Folder,
    store: &OsStr,
    at: u64,
) -> Result<Option<[u8; N]>, Fault> {
    /// Never closed: closing a descriptor drops every lock that `SQLite` holds on the file.
    static KEPT: Mutex<Vec<(Identity, OwnedFd)>> = Mutex::new(Vec::new());
    let path = || folder.path.join(store);
    let flags = rustix::fs::AtFlags::SYMLINK_NOFOLLOW;
    let stat = match rustix::fs::statat(&folder.fd, store, flags) {
        Err(Errno::NOENT) => return Ok(None),
        other => other.map_err(|errno| file(&path(), errno.into()))?,
    };
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, known)) = kept.iter().find(|(known, _)| *known == identity(&stat)) {
        return Ok(bytes_at(known, at));
    }
    let Some(opened) = open(folder, store)? else {
        return Ok(None);
    };
    let found = bytes_at(&opened, at);
    let opened_as = rustix::fs::fstat(&opened).map_or(identity(&stat), |stat| identity(&stat));
    kept.push((opened_as, opened));
    Ok(found)
}

fn open(folder: &Folder, name: &OsStr) -> Result<Option<OwnedFd>, Fault> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    match rustix::fs::openat(&folder.fd, name, flags, Mode::empty()) {
        // The process that had it open has finished.
        Err(Errno::NOENT) => Ok(None),
        other => other
            .map(Some)
            .map_err(|errno| file(&folder.path.join(name), errno.into())),
    }
}

fn bytes_at<const N: usize>(from: impl AsFd, at: u64) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let read = rustix::io::pread(from, &mut bytes, at);
    (read == Ok(N)).then_some(bytes)
}
