//! A store under a name of its own until it is whole: new ones, backups, restored ones.
//!
//! A kill before the rename leaves a hidden file beside the store and nothing else; after it, the
//! store is complete.

use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use super::folder::file;
use super::link::{Link, Use};
use super::place::Place;
use crate::backend::options::OpenOptions;
use crate::backend::{Fault, Placement};
use crate::files::lock::lock_now;

/// A hidden file and the name it is meant for. Dropped unpublished, it is removed.
#[derive(Debug)]
pub(super) struct Draft {
    place: Place,
    target: OsString,
    placement: Placement,
    /// Held from the start, so that of two restores one is told at once.
    _lock: Option<OwnedFd>,
}

impl Draft {
    /// Makes the hidden file for `path`, in the folder of `path`, which is made if need be.
    pub(super) fn start(
        path: &Path,
        placement: Placement,
        options: &OpenOptions,
    ) -> Result<Self, Fault> {
        let target = Place::make(path, options)?;
        let lock = match placement {
            Placement::New if target.taken()? => return Err(Fault::Exists(target.shown())),
            Placement::New => None,
            Placement::Replace => Some(lock(&target)?),
        };
        let place = target.make_beside(target.folder.again()?)?;
        Ok(Self {
            place,
            target: target.name().into(),
            placement,
            _lock: lock,
        })
    }

    /// The hidden file.
    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// Forces the file to disk and gives it its name. Its connection must be closed.
    pub(super) fn publish(&self, options: &OpenOptions) -> Result<PathBuf, Fault> {
        if self.place.has_sidecars()? {
            return Err(Fault::Storage("the new file could not be completed".into()));
        }
        self.sync()?;
        let target = self.place.folder.path.join(&self.target);
        match self.placement {
            Placement::New => self.rename_new(&target)?,
            Placement::Replace => self.rename_over(&target, options)?,
        }
        self.place
            .folder
            .sync()
            .map_err(|fault| in_its_place(&target, &fault))?;
        Ok(target)
    }

    fn sync(&self) -> Result<(), Fault> {
        let folder = &self.place.folder;
        let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        rustix::fs::openat(&folder.fd, self.place.name(), flags, Mode::empty())
            .and_then(rustix::fs::fsync)
            .map_err(|errno| file(&self.place.path(), errno.into()))
    }

    fn rename_new(&self, target: &Path) -> Result<(), Fault> {
        let fd = &self.place.folder.fd;
        let name = self.place.name();
        let result =
            match rustix::fs::renameat_with(fd, name, fd, &self.target, RenameFlags::NOREPLACE) {
                // Some filesystems cannot; a second name that then loses the first comes to the same.
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
        let old = Place::find(target, options)?;
        let held = retire(&old, options)?;
        let fd = &self.place.folder.fd;
        let result = rustix::fs::renameat(fd, self.place.name(), fd, &self.target)
            .map_err(|errno| file(target, errno.into()));
        // Only now may a process that waited for the old file go on: it finds it moved.
        drop(held);
        result
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        self.place.discard();
    }
}

/// A failure that comes too late: the file has its name already.
pub(super) fn in_its_place(path: &Path, fault: &Fault) -> Fault {
    Fault::Storage(format!("`{}` was written, but: {fault}", path.display()))
}

/// Keeps others from work on all of a store; the kernel gives the lock back.
pub(super) fn lock(target: &Place) -> Result<OwnedFd, Fault> {
    let fd = target.lock_file()?;
    match lock_now(&fd) {
        Ok(true) => Ok(fd),
        Ok(false) => Err(Fault::Busy),
        Err(source) => Err(file(&target.path(), source)),
    }
}

/// Shuts everybody out of the old store and leaves it without sidecars, since a journal that
/// outlived it would be played into its successor.
///
/// It is first brought into one file, by leaving the WAL mode, which fails as long as another
/// process has it open: a kill between here and the rename loses nothing. One that is damaged
/// has nothing to lose.
fn retire(old: &Place, options: &OpenOptions) -> Result<Option<Link>, Fault> {
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

fn quiesce(old: &Place, options: &OpenOptions) -> Result<Link, Fault> {
    let mut link = Link::open(&old.path(), Use::Retire, options)?;
    // Without a journal of its own: one that a kill left beside a store that still says WAL would
    // make it one that is refused. What changes is a few bytes at the start of the file.
    link.set_journal("memory")?;
    link.run("BEGIN EXCLUSIVE")?;
    // Nobody made it a WAL store again in between, and nobody can now: what lies beside it is stale,
    // left by a removal that failed.
    link.set_journal("memory")?;
    old.remove_sidecars()?;
    Ok(link)
}
