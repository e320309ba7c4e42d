//! A store file in its folder, and the files `SQLite` keeps beside it.

use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::fault::{corrupt, moved};
use super::folder::{Folder, check_file, file};
use super::{OpenOptions, journal};
use crate::backend::Fault;

/// What `SQLite` appends to the name.
const SIDECARS: [&str; 3] = ["-wal", JOURNAL, "-shm"];
const JOURNAL: &str = "-journal";
/// The page size stores are made with.
const PAGE: i64 = 4096;
/// What is appended to the hidden name of the file that is locked for work on all of the store.
const LOCK: &str = ".lock";

/// All files that a store `path` is, or may come to have next to it.
pub fn beside(path: &Path) -> Vec<PathBuf> {
    let Some(name) = path.file_name() else { return Vec::new() };
    let sidecars = SIDECARS.into_iter().map(|suffix| with(name, suffix));
    let names = std::iter::once(name.to_owned()).chain(sidecars);
    names.chain([hidden(name, LOCK)]).map(|name| path.with_file_name(name)).collect()
}

/// Whether a name in a folder is that of a file which a store there keeps next to it, or may come to.
pub fn lies_beside_a_store(folder: impl AsFd, name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    let locked = name.strip_prefix('.').and_then(|name| name.strip_suffix(LOCK));
    let stores = SIDECARS.into_iter().filter_map(|suffix| name.strip_suffix(suffix));
    stores.chain(locked).any(|store| is_store(folder.as_fd(), OsStr::new(store)))
}

/// Whether a file begins as a store does.
pub(super) fn is_store(folder: BorrowedFd<'_>, name: &OsStr) -> bool {
    const MAGIC: &[u8] = b"SQLite format 3\0";
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut start = [0; MAGIC.len()];
    rustix::fs::openat(folder, name, flags, Mode::empty())
        .and_then(|file| rustix::io::read(&file, &mut start))
        .is_ok_and(|read| start.get(..read) == Some(MAGIC))
}

/// A name in a folder. The file is looked at by name and never opened here: closing a descriptor
/// of it would drop the locks that `SQLite` holds on it elsewhere in this process.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) folder: Folder,
    name: OsString,
}

/// Which file it was, whatever its name says later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity(u64, u64);

/// A store file that passed every check.
pub(super) struct Checked {
    pub(super) identity: Identity,
    pub(super) access: FileAccess,
}

/// What may be done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileAccess {
    ReadWrite,
    /// The file cannot be written, its folder can: locks and sidecars work.
    ReadOnly,
    /// Nothing here can be written, not even a lock file, and nothing is pending.
    Immutable,
}

impl Place {
    /// The place of the store `path`, whose folder exists.
    pub(super) fn find(path: &Path, options: &OpenOptions) -> Result<Self, Fault> {
        let (parent, name) = split(path)?;
        let folder = Folder::open(parent, &name, options).map_err(|fault| missing(fault, path))?;
        Ok(Self { folder, name })
    }

    /// The place of a new store; its folder is made if need be.
    pub(super) fn make(path: &Path, options: &OpenOptions) -> Result<Self, Fault> {
        let (parent, name) = split(path)?;
        Ok(Self { folder: Folder::make(parent, &name, options)?, name })
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path.join(&self.name)
    }

    pub(super) fn name(&self) -> &OsStr {
        &self.name
    }

    /// Makes an empty file of a name derived from this one, for the owner only, in its folder.
    pub(super) fn make_beside(&self, folder: Folder) -> Result<Self, Fault> {
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
        Err(Fault::Exists(self.folder.path.join(hidden(&self.name, ".tmp"))))
    }

    /// Opens the lock file for work that replaces the store, making it if need be.
    pub(super) fn lock_file(&self) -> Result<OwnedFd, Fault> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let name = hidden(&self.name, LOCK);
        rustix::fs::openat(&self.folder.fd, &name, flags, Mode::from_raw_mode(0o600))
            .map_err(|errno| file(&self.folder.path.join(name), errno.into()))
    }

    /// Checks the file and its sidecars before `SQLite` opens any of them.
    pub(super) fn check(&self) -> Result<Checked, Fault> {
        let stat = self.stat("")?.ok_or_else(|| Fault::Missing(self.path()))?;
        check_file(&self.path(), &stat)?;
        let pending = self.check_sidecars()?;
        if stat.st_size == 0 {
            return Err(corrupt("the file is empty"));
        }
        // A page that was cut off while a journal holds it is mended by SQLite.
        if stat.st_size % PAGE != 0 && !pending {
            return Err(corrupt("the file is truncated"));
        }
        let access = self.access(pending)?;
        if access == FileAccess::ReadWrite {
            self.open_sidecars()?;
        }
        Ok(Checked { identity: identity(&stat), access })
    }

    /// Refuses if the name no longer leads to the file that was checked.
    pub(super) fn still(&self, known: Identity) -> Result<(), Fault> {
        match self.stat("")? {
            Some(stat) if identity(&stat) == known => Ok(()),
            _ => Err(moved()),
        }
    }

    /// How many bytes the file takes up, with the changes that are not merged into it yet.
    pub(super) fn size(&self) -> Result<u64, Fault> {
        let mut size = 0;
        for suffix in ["", "-wal"] {
            let length = self.stat(suffix)?.map_or(0, |stat| stat.st_size);
            size += u64::try_from(length).unwrap_or(0);
        }
        Ok(size)
    }

    /// Whether anything is there, of whatever kind.
    pub(super) fn taken(&self) -> Result<bool, Fault> {
        Ok(self.stat("")?.is_some())
    }

    /// Whether `SQLite` left one of its own files beside the store.
    pub(super) fn has_sidecars(&self) -> Result<bool, Fault> {
        for suffix in SIDECARS {
            if self.stat(suffix)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Removes the sidecars that are there.
    pub(super) fn remove_sidecars(&self) -> Result<(), Fault> {
        SIDECARS.into_iter().try_for_each(|suffix| self.remove(suffix))
    }

    /// Removes the file and its sidecars, as far as possible.
    pub(super) fn discard(&self) {
        for suffix in ["", "-wal", "-journal", "-shm"] {
            // A draft that stays behind is harmless, and there is nobody left to tell.
            let _ = self.remove(suffix);
        }
    }

    fn remove(&self, suffix: &str) -> Result<(), Fault> {
        match rustix::fs::unlinkat(&self.folder.fd, self.with(suffix), AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(errno) => Err(file(&self.folder.path.join(self.with(suffix)), errno.into())),
        }
    }

    /// Checks what stands beside the file; whether a journal holds something it does not.
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

    /// Lets the owner write what `SQLite` left with the mode of a store that was read-only then.
    fn open_sidecars(&self) -> Result<(), Fault> {
        for suffix in SIDECARS {
            let shut = self.stat(suffix)?.is_some_and(|stat| stat.st_mode & 0o600 != 0o600);
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
                "the folder is read-only, and a journal beside the store holds changes that are not in it yet; open it once where it can be written".into(),
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

fn with(name: &OsStr, suffix: &str) -> OsString {
    let mut name = name.to_owned();
    name.push(suffix);
    name
}

fn hidden(name: &OsStr, suffix: &str) -> OsString {
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(suffix);
    hidden
}

fn split(path: &Path) -> Result<(&Path, OsString), Fault> {
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => Ok((parent, name.into())),
        _ => Err(Fault::UnsafeFile {
            path: path.into(),
            problem: "is a folder, not a file".into(),
            fix: None,
        }),
    }
}

/// A folder that is not there is a store that is not there.
fn missing(fault: Fault, path: &Path) -> Fault {
    match fault {
        Fault::File { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            Fault::Missing(path.into())
        }
        other => other,
    }
}

#[expect(clippy::useless_conversion, reason = "the widths differ between platforms")]
pub(super) fn identity(stat: &Stat) -> Identity {
    Identity(stat.st_dev.into(), stat.st_ino.into())
}
