//! Atomic creation and replacement of files.
//!
//! A file is written without a name (`O_TMPFILE`, open(2)) and is linked to its name once it is
//! synced to disk, so that a kill leaves nothing behind. While an existing file is replaced, and on
//! file systems without unnamed files, it is briefly a draft with a fixed name in the same folder.
//! A draft that a killed call left is removed by the next call in that folder.
//!
//! One moment is left: between the exchange of the two and their comparison the draft is the old file.
//! It was compared right before the exchange too, so only a file that another program has changed in
//! between, by a call that is then killed in between, is removed with the draft.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::fs::{
    Access, AtFlags, CWD, FileType, Mode, OFlags, RenameFlags, Stat, accessat, fchmod, fsync,
    linkat, openat, renameat, renameat_with, statat, unlinkat,
};
use rustix::io::Errno;
use rustix::process::geteuid;
use zeroize::Zeroizing;

use super::lock::{lock, lock_now, unlock};

/// The name of a draft. One for each folder is enough: the writer holds the folder's lock.
const DRAFT: &str = ".hallpass-new";
const OWNER_ALONE: Mode = Mode::RUSR.union(Mode::WUSR);

/// What to do if the name is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite<'a> {
    /// Fail with [`io::ErrorKind::AlreadyExists`], and leave the file.
    Never,
    /// Replace a file with exactly this content. Anything else is left, and is an error.
    IfContent(&'a [u8]),
    /// Replace any file. A symbolic link is replaced itself, not its target.
    Always,
}

/// An open folder to create files in.
#[derive(Debug)]
pub struct Folder(OwnedFd);

impl From<OwnedFd> for Folder {
    fn from(folder: OwnedFd) -> Self {
        Self(folder)
    }
}

impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Folder {
    /// Locks the folder, waiting for other calls of this program for up to `patience` (whole
    /// seconds).
    ///
    /// # Errors
    ///
    /// The lock is still held by another call, or cannot be taken.
    pub fn lock(&self, patience: Duration) -> io::Result<Locked<'_>> {
        if lock(&self.0, patience)? {
            return Ok(Locked(&self.0));
        }
        Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "its folder is locked by another program",
        ))
    }

    /// Removes a draft that a killed call left, unless another call holds the lock.
    pub fn tidy(&self) {
        if lock_now(&self.0).unwrap_or(false) {
            Locked(&self.0).tidy();
        }
    }
}

/// A locked folder; other calls of this program do not change it while this value exists.
#[derive(Debug)]
pub struct Locked<'a>(&'a OwnedFd);

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        unlock(self.0);
    }
}

impl Locked<'_> {
    /// Writes a file with permissions `mode`, whatever the umask is. It is synced to disk before it
    /// gets its name.
    ///
    /// # Errors
    ///
    /// The name is taken and `over` does not allow replacing it, or the file system failed.
    pub fn put(
        &self,
        name: &OsStr,
        content: &[u8],
        mode: Mode,
        over: Overwrite<'_>,
    ) -> io::Result<()> {
        self.tidy();
        let done = match self.nameless() {
            Some(file) => {
                fill(&file, content, mode)?;
                self.name(&file, name, over)
            }
            None => self
                .write_draft(content, mode)
                .and_then(|()| self.rename(name, over)),
        };
        if done.is_err() {
            self.tidy();
        }
        done.and_then(|()| Ok(fsync(self.0)?))
    }

    /// Removes a file with exactly this content.
    ///
    /// # Errors
    ///
    /// The file has other content, and is left; or the file system failed.
    pub fn remove(&self, name: &OsStr, content: &[u8]) -> io::Result<()> {
        self.tidy();
        // Renamed first, so that the file that is compared is the file that is removed.
        self.move_to(name, OsStr::new(DRAFT))
            .map_err(io::Error::from)?;
        if !self.holds(OsStr::new(DRAFT), content) {
            self.move_to(OsStr::new(DRAFT), name)?;
            return Err(changed());
        }
        unlinkat(self.0, DRAFT, AtFlags::empty())?;
        Ok(fsync(self.0)?)
    }

    /// Creates an unnamed file, where the file system supports linking it later.
    fn nameless(&self) -> Option<File> {
        let flags = OFlags::WRONLY | OFlags::TMPFILE | OFlags::CLOEXEC;
        let file = File::from(openat(self.0, ".", flags, OWNER_ALONE).ok()?);
        accessat(CWD, handle(&file), Access::EXISTS, AtFlags::empty())
            .ok()
            .map(|()| file)
    }

    /// Links a file to its name, through a draft if the name is taken and may be replaced.
    fn name(&self, file: &File, name: &OsStr, over: Overwrite<'_>) -> io::Result<()> {
        let by_way_of_another = || {
            self.link(file, OsStr::new(DRAFT)).map_err(in_the_way)?;
            self.rename(name, over)
        };
        if let Overwrite::IfContent(_) = over {
            return by_way_of_another();
        }
        match self.link(file, name) {
            Err(Errno::EXIST) if over == Overwrite::Always => by_way_of_another(),
            done => Ok(done?),
        }
    }

    fn link(&self, file: &File, name: &OsStr) -> rustix::io::Result<()> {
        linkat(CWD, handle(file), self.0, name, AtFlags::SYMLINK_FOLLOW)
    }

    /// Writes the draft.
    fn write_draft(&self, content: &[u8], mode: Mode) -> io::Result<()> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(self.0, DRAFT, flags, OWNER_ALONE).map_err(in_the_way)?;
        fill(&File::from(file), content, mode)
    }

    fn rename(&self, name: &OsStr, over: Overwrite<'_>) -> io::Result<()> {
        match over {
            Overwrite::Never => Ok(self.move_to(OsStr::new(DRAFT), name)?),
            Overwrite::Always => Ok(renameat(self.0, DRAFT, self.0, name)?),
            Overwrite::IfContent(content) => self.exchange(name, content),
        }
    }

    /// Replaces a file with exactly this content by the draft.
    fn exchange(&self, name: &OsStr, content: &[u8]) -> io::Result<()> {
        if self.holds(name, content) {
            self.swap(name, content)
        } else {
            Err(changed())
        }
    }

    /// Swaps the draft and the file, so that the file that is compared is the one that was
    /// replaced, even with concurrent writers. If it has other content, swaps them back.
    fn swap(&self, name: &OsStr, content: &[u8]) -> io::Result<()> {
        let folder = self.0;
        let exchange = || renameat_with(folder, DRAFT, folder, name, RenameFlags::EXCHANGE);
        match exchange() {
            // Some file systems cannot swap: there, a short race remains.
            Err(Errno::INVAL | Errno::NOSYS) => return Ok(renameat(folder, DRAFT, folder, name)?),
            Err(Errno::NOENT) => return Err(changed()),
            done => done?,
        }
        if !self.holds(OsStr::new(DRAFT), content) {
            exchange()?;
            return Err(changed());
        }
        Ok(unlinkat(folder, DRAFT, AtFlags::empty())?)
    }

    /// Renames a file to a name that must not exist.
    fn move_to(&self, from: &OsStr, to: &OsStr) -> rustix::io::Result<()> {
        let folder = self.0;
        match renameat_with(folder, from, folder, to, RenameFlags::NOREPLACE) {
            // Some file systems lack the flag; a hard link followed by unlink has the same effect.
            Err(Errno::INVAL | Errno::NOSYS) => {
                linkat(folder, from, folder, to, AtFlags::empty())?;
                unlinkat(folder, from, AtFlags::empty())
            }
            done => done,
        }
    }

    /// Whether the name is a regular file, not a link, with exactly this content.
    fn holds(&self, name: &OsStr, content: &[u8]) -> bool {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let Ok(file) = openat(self.0, name, flags, Mode::empty()) else {
            return false;
        };
        // The content may be a secret: one buffer, which never grows.
        let mut found = Zeroizing::new(Vec::with_capacity(content.len() + 1));
        let read = File::from(file)
            .take(content.len() as u64 + 1)
            .read_to_end(&mut found);
        read.is_ok() && *found == content
    }

    /// Removes a draft that a killed call left: a regular file of the caller's, with any mode,
    /// because it has that of its target. What cannot be removed is reported when its name is
    /// needed.
    fn tidy(&self) {
        let ours = |it: &Stat| {
            it.st_uid == geteuid().as_raw()
                && FileType::from_raw_mode(it.st_mode) == FileType::RegularFile
        };
        if statat(self.0, DRAFT, AtFlags::SYMLINK_NOFOLLOW).is_ok_and(|it| ours(&it)) {
            let _ = unlinkat(self.0, DRAFT, AtFlags::empty());
        }
    }
}

fn fill(mut file: &File, content: &[u8], mode: Mode) -> io::Result<()> {
    file.write_all(content)?;
    fchmod(file, mode)?;
    file.sync_all()
}

/// The file's path in `/proc`, which an unprivileged process needs to link it.
fn handle(file: &File) -> String {
    format!("/proc/self/fd/{}", file.as_raw_fd())
}

fn changed() -> io::Error {
    io::Error::other("it was changed by another program meanwhile")
}

fn in_the_way(errno: Errno) -> io::Error {
    match errno {
        Errno::EXIST => io::Error::other(format!("`{DRAFT}` next to it is in the way")),
        other => other.into(),
    }
}

#[cfg(test)]
mod tests;
