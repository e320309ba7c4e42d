//! Drafts: new stores, backups and restored stores, under a temporary name until they are complete.
//!
//! A kill before the rename leaves only a hidden file next to the store; after the rename, the
//! store is complete.

use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use super::folder::file;
use super::link::{Link, Use};
use super::store_file::StoreFile;
use crate::backend::options::OpenOptions;
use crate::backend::{Fault, Placement};
use crate::files::lock::lock_now;

/// A hidden file and its final name. The file is removed if the draft is dropped unpublished.
#[derive(Debug)]
pub(super) struct Draft {
    store_file: StoreFile,
    target: OsString,
    placement: Placement,
    /// Held from the start, so that the second of two concurrent restores fails at once.
    _lock: Option<OwnedFd>,
}

impl Draft {
    /// Creates the hidden file for `path` in the folder of `path`, creating the folder if missing.
    pub(super) fn start(
        path: &Path,
        placement: Placement,
        options: &OpenOptions,
    ) -> Result<Self, Fault> {
        let target = StoreFile::make(path, options)?;
        let lock = match placement {
            Placement::New if target.exists()? => return Err(Fault::Exists(target.shown())),
            Placement::New => None,
            Placement::Replace => Some(lock(&target)?),
        };
        let store_file = target.create_hidden(target.folder.again()?)?;
        Ok(Self {
            store_file,
            target: target.name().into(),
            placement,
            _lock: lock,
        })
    }

    /// The hidden file.
    pub(super) fn store_file(&self) -> &StoreFile {
        &self.store_file
    }

    /// Syncs the file to disk and renames it to its final name. Its connection must be closed.
    pub(super) fn publish(&self, options: &OpenOptions) -> Result<PathBuf, Fault> {
        if self.store_file.has_sidecars()? {
            return Err(Fault::Storage("the new file could not be completed".into()));
        }
        self.sync()?;
        let target = self.store_file.folder.path.join(&self.target);
        match self.placement {
            Placement::New => self.rename_new(&target)?,
            Placement::Replace => self.rename_over(&target, options)?,
        }
        self.store_file
            .folder
            .sync()
            .map_err(|fault| after_rename(&target, &fault))?;
        Ok(target)
    }

    fn sync(&self) -> Result<(), Fault> {
        let folder = &self.store_file.folder;
        let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        rustix::fs::openat(&folder.fd, self.store_file.name(), flags, Mode::empty())
            .and_then(rustix::fs::fsync)
            .map_err(|errno| file(&self.store_file.path(), errno.into()))
    }

    fn rename_new(&self, target: &Path) -> Result<(), Fault> {
        let fd = &self.store_file.folder.fd;
        let name = self.store_file.name();
        let result =
            match rustix::fs::renameat_with(fd, name, fd, &self.target, RenameFlags::NOREPLACE) {
                // Some file systems lack the flag; a hard link followed by unlink has the same
                // effect.
                Err(Errno::INVAL | Errno::NOSYS) => {
                    rustix::fs::linkat(fd, name, fd, &self.target, AtFlags::empty())
                        .and_then(|()| rustix::fs::unlinkat(fd, name, AtFlags::empty()))
                }
                other => other,
            };
        match result {
            Err(Errno::EXIST) => Err(Fault::Exists(target.display().to_string())),
            other => other.map_err(|errno| file(target, errno.into())),
        }
    }

    fn rename_over(&self, target: &Path, options: &OpenOptions) -> Result<(), Fault> {
        let old = StoreFile::find(target, options)?;
        let held = retire(&old, options)?;
        let fd = &self.store_file.folder.fd;
        let result = rustix::fs::renameat(fd, self.store_file.name(), fd, &self.target)
            .map_err(|errno| file(target, errno.into()));
        // Released only after the rename: a process waiting for the old file then finds it
        // replaced.
        drop(held);
        result
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        self.store_file.discard();
    }
}

/// Adds to an error that the rename has already happened.
pub(super) fn after_rename(path: &Path, fault: &Fault) -> Fault {
    let cause = match fault {
        Fault::Io { what, source } => format!("`{what}`: {source}"),
        Fault::Storage(cause) => cause.clone(),
        other => other.to_string(),
    };
    Fault::Storage(format!("`{}` was written, but: {cause}", path.display()))
}

/// Locks the whole store against maintenance by others; the kernel releases the lock on exit.
pub(super) fn lock(target: &StoreFile) -> Result<OwnedFd, Fault> {
    let fd = target.lock_file()?;
    match lock_now(&fd) {
        Ok(true) => Ok(fd),
        Ok(false) => Err(Fault::Busy),
        Err(source) => Err(file(&target.path(), source)),
    }
}

/// Locks everyone out of the old store and removes its sidecars: a journal that outlived it would
/// be applied to its successor.
///
/// The old store first leaves WAL mode, which merges it into one file, and which fails while
/// another process has it open. A kill between here and the rename therefore loses nothing. A
/// damaged store has nothing to lose.
fn retire(old: &StoreFile, options: &OpenOptions) -> Result<Option<Link>, Fault> {
    let known = match old.check() {
        Err(Fault::Missing(_)) => return old.remove_sidecars().map(|()| None),
        Err(Fault::Corrupt(_)) => None,
        other => Some(other?),
    };
    let quiet = known.map(|_| quiesce(old, options)).transpose();
    match quiet {
        Ok(Some(link)) => Ok(Some(link)),
        Ok(None) | Err(Fault::Corrupt(_)) => old.remove_sidecars().map(|()| None),
        Err(fault) => Err(fault),
    }
}

fn quiesce(old: &StoreFile, options: &OpenOptions) -> Result<Link, Fault> {
    let mut link = Link::open(&old.path(), Use::Retire, options)?;
    // Without an on-disk journal: next to a store that is still in WAL mode, one left by a kill
    // would make it refused. The change is only a few bytes at the start of the file.
    link.set_journal("memory")?;
    link.run("BEGIN EXCLUSIVE")?;
    // Set again under the lock: no process can switch back to WAL now. Any sidecar is stale,
    // left by a removal that failed.
    link.set_journal("memory")?;
    old.remove_sidecars()?;
    Ok(link)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn an_error_after_the_rename_keeps_its_cause() {
        let path = Path::new("/srv/store.db");
        let full = Fault::Io {
            what: "/srv".to_owned(),
            source: io::Error::other("no space left"),
        };
        let first = after_rename(path, &full);
        let text =
            "a storage error occurred: `/srv/store.db` was written, but: `/srv`: no space left";
        assert_eq!(first.to_string(), text);
        let engine = after_rename(path, &Fault::Storage("disk I/O error".to_owned()));
        let text = "a storage error occurred: `/srv/store.db` was written, but: disk I/O error";
        assert_eq!(engine.to_string(), text);
    }
}
