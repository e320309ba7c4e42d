//! A store file in its folder, and the sidecars that `SQLite` keeps next to it.

use std::ffi::{OsStr, OsString};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::fault::{corrupt, moved};
use super::folder::{Folder, check_file, file};
use super::identity::{Identity, identity};
use super::journal;
use super::names::{JOURNAL, LOCK, SIDECARS, hidden, with};
use crate::backend::Fault;
use crate::backend::options::OpenOptions;

/// The page size of a store.
const PAGE: i64 = 4096;
/// A store file, by folder and name. The file is inspected by name and never opened here: closing a
/// descriptor of it would drop the locks that `SQLite` holds on it elsewhere in this process.
#[derive(Debug)]
pub(super) struct StoreFile {
    pub(super) folder: Folder,
    name: OsString,
}

/// A store file that passed every check.
pub(super) struct Checked {
    pub(super) identity: Identity,
    pub(super) access: FileAccess,
}

/// How a store file can be accessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileAccess {
    ReadWrite,
    /// The file cannot be written, but its folder can: locks and sidecars work.
    ReadOnly,
    /// Nothing can be written, not even a lock file, and no journal is pending.
    Immutable,
}

impl StoreFile {
    /// The store file at `path`, in an existing folder.
    pub(super) fn find(path: &Path, options: &OpenOptions) -> Result<Self, Fault> {
        let (parent, name) = split(path)?;
        let folder = Folder::open(parent, &name, options).map_err(|fault| missing(fault, path))?;
        Ok(Self { folder, name })
    }

    /// A new store file at `path`; its folder is created if missing.
    pub(super) fn make(path: &Path, options: &OpenOptions) -> Result<Self, Fault> {
        let (parent, name) = split(path)?;
        Ok(Self {
            folder: Folder::make(parent, &name, options)?,
            name,
        })
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path.join(&self.name)
    }

    /// The path, for a message.
    pub(super) fn shown(&self) -> String {
        self.path().display().to_string()
    }

    pub(super) fn name(&self) -> &OsStr {
        &self.name
    }

    /// Creates an empty file with a name derived from this one, for the owner only, in `folder`.
    pub(super) fn create_hidden(&self, folder: Folder) -> Result<Self, Fault> {
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let process = rustix::process::getpid();
        for attempt in 0..1000_u32 {
            let name = hidden(&self.name, &format!(".{process}-{attempt}.tmp"));
            match rustix::fs::openat(&folder.fd, &name, flags, Mode::from_raw_mode(0o600)) {
                Ok(_) => return Ok(Self { folder, name }),
                Err(Errno::EXIST) => {}
                Err(errno) => return Err(file(&folder.path.join(name), errno.into())),
            }
        }
        let taken = self.folder.path.join(hidden(&self.name, ".tmp"));
        Err(Fault::Exists(taken.display().to_string()))
    }

    /// Opens the lock file for operations that replace the store, creating it if missing.
    pub(super) fn lock_file(&self) -> Result<OwnedFd, Fault> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let name = hidden(&self.name, LOCK);
        rustix::fs::openat(&self.folder.fd, &name, flags, Mode::from_raw_mode(0o600))
            .map_err(|errno| file(&self.folder.path.join(name), errno.into()))
    }

    /// Checks the file and its sidecars before `SQLite` opens any of them.
    pub(super) fn check(&self) -> Result<Checked, Fault> {
        let stat = self.stat("")?.ok_or_else(|| Fault::Missing(self.shown()))?;
        check_file(&self.path(), &stat)?;
        let pending = self.check_sidecars()?;
        if stat.st_size == 0 {
            return Err(corrupt("the file is empty"));
        }
        // SQLite restores a page that was cut off from a pending journal.
        if stat.st_size % PAGE != 0 && !pending {
            return Err(corrupt("the file is truncated"));
        }
        let access = self.access(pending)?;
        if access == FileAccess::ReadWrite {
            self.open_sidecars()?;
        }
        Ok(Checked {
            identity: identity(&stat),
            access,
        })
    }

    /// Refuses if the name no longer leads to the file that was checked.
    pub(super) fn ensure_same(&self, known: Identity) -> Result<(), Fault> {
        match self.stat("")? {
            Some(stat) if identity(&stat) == known => Ok(()),
            _ => Err(moved()),
        }
    }

    /// The size of the file in bytes, including changes in its journal.
    pub(super) fn size(&self) -> Result<u64, Fault> {
        let mut size = 0;
        for suffix in ["", "-wal"] {
            let length = self.stat(suffix)?.map_or(0, |stat| stat.st_size);
            size += u64::try_from(length).unwrap_or(0);
        }
        Ok(size)
    }

    /// Whether the name exists, whatever it is.
    pub(super) fn exists(&self) -> Result<bool, Fault> {
        Ok(self.stat("")?.is_some())
    }

    /// Whether `SQLite` left any sidecar of the store.
    pub(super) fn has_sidecars(&self) -> Result<bool, Fault> {
        for suffix in SIDECARS {
            if self.stat(suffix)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Removes the existing sidecars.
    pub(super) fn remove_sidecars(&self) -> Result<(), Fault> {
        SIDECARS
            .into_iter()
            .try_for_each(|suffix| self.remove(suffix))
    }

    /// Removes the file and its sidecars, as far as possible.
    pub(super) fn discard(&self) {
        for suffix in ["", "-wal", "-journal", "-shm"] {
            // A draft that stays is harmless, and there is no caller left to report it to.
            let _ = self.remove(suffix);
        }
    }

    fn remove(&self, suffix: &str) -> Result<(), Fault> {
        match rustix::fs::unlinkat(&self.folder.fd, self.with(suffix), AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(errno) => Err(file(
                &self.folder.path.join(self.with(suffix)),
                errno.into(),
            )),
        }
    }

    /// Checks the sidecars; returns whether a journal holds changes that are not in the file.
    fn check_sidecars(&self) -> Result<bool, Fault> {
        let mut pending = false;
        for suffix in SIDECARS {
            if let Some(stat) = self.stat(suffix)? {
                check_file(&self.folder.path.join(self.with(suffix)), &stat)?;
                let filled = stat.st_size > 0;
                if filled && suffix == JOURNAL {
                    journal::check(&self.folder, &self.name, &self.with(suffix))?;
                }
                pending |= filled && suffix != "-shm";
            }
        }
        Ok(pending)
    }

    /// Lets the owner write sidecars that inherited the mode of a store that was read-only.
    fn open_sidecars(&self) -> Result<(), Fault> {
        for suffix in SIDECARS {
            let shut = self
                .stat(suffix)?
                .is_some_and(|stat| stat.st_mode & 0o600 != 0o600);
            let name = self.with(suffix);
            let mode = Mode::from_raw_mode(0o600);
            if shut
                && let Err(errno) =
                    rustix::fs::chmodat(&self.folder.fd, &name, mode, AtFlags::empty())
            {
                return Err(file(&self.folder.path.join(name), errno.into()));
            }
        }
        Ok(())
    }

    fn access(&self, pending: bool) -> Result<FileAccess, Fault> {
        let file = self.may_write(&self.name)?;
        let folder = self.may_write(OsStr::new("."))?;
        match (file, folder) {
            (true, true) => Ok(FileAccess::ReadWrite),
            (false, true) => Ok(FileAccess::ReadOnly),
            (_, false) if !pending => Ok(FileAccess::Immutable),
            (_, false) => Err(Fault::ReadOnly(
                "the folder is read-only, and a journal next to the store holds changes that are not in it yet; open the store once where it is writable".into(),
            )),
        }
    }

    fn may_write(&self, name: &OsStr) -> Result<bool, Fault> {
        match rustix::fs::accessat(&self.folder.fd, name, Access::WRITE_OK, AtFlags::empty()) {
            Ok(()) => Ok(true),
            Err(Errno::ACCESS | Errno::ROFS | Errno::PERM) => Ok(false),
            Err(errno) => Err(file(&self.folder.path.join(name), errno.into())),
        }
    }

    fn stat(&self, suffix: &str) -> Result<Option<Stat>, Fault> {
        let name = self.with(suffix);
        match rustix::fs::statat(&self.folder.fd, &name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(file(&self.folder.path.join(name), errno.into())),
        }
    }

    fn with(&self, suffix: &str) -> OsString {
        with(&self.name, suffix)
    }
}

fn split(path: &Path) -> Result<(&Path, OsString), Fault> {
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => Ok((parent, name.into())),
        _ => Err(Fault::Unsafe {
            what: path.display().to_string(),
            problem: "is a folder, not a file".into(),
            fix: None,
        }),
    }
}

/// Maps a missing folder to a missing store.
fn missing(fault: Fault, path: &Path) -> Fault {
    match fault {
        Fault::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            Fault::Missing(path.display().to_string())
        }
        other => other,
    }
}
