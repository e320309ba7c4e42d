//! Files that are there whole or not at all.
//!
//! A file is written before it has a name (`O_TMPFILE`, open(2)) and gets one when it is on the disk,
//! so that a kill leaves nothing. For a moment where something is replaced, and all the while on a
//! file system without nameless files, it stands beside its place. What a kill leaves there is removed
//! by the next call that comes to the folder.

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

/// The file beside its place. One a folder is enough: whoever writes has it locked.
const DRAFT: &str = ".hallpass-new";
const OWNER_ALONE: Mode = Mode::RUSR.union(Mode::WUSR);

/// What may stand where a file is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over<'a> {
    /// Nothing: what is there stays, and the error is [`io::ErrorKind::AlreadyExists`].
    Nothing,
    /// A file with this content. Anything else stays, and is an error.
    This(&'a [u8]),
    /// Any file, which is replaced; a link is, too, and not what it leads to.
    Anything,
}

/// An open folder that files are put into.
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
    /// Waits for other calls of this program that put files there, in whole seconds.
    pub fn lock(&self, patience: Duration) -> io::Result<Locked<'_>> {
        if lock(&self.0, patience)? {
            return Ok(Locked(&self.0));
        }
        Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "its folder is locked by another program",
        ))
    }

    /// Removes what a killed call has left, unless somebody is at work there.
    pub fn tidy(&self) {
        if lock_now(&self.0).unwrap_or(false) {
            Locked(&self.0).tidy();
        }
    }
}

/// A folder that other calls of this program leave alone for as long as this lives.
#[derive(Debug)]
pub struct Locked<'a>(&'a OwnedFd);

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        unlock(self.0);
    }
}

impl Locked<'_> {
    /// Puts a file there, on the disk before it has its name. Whatever the umask is, it gets `mode`.
    pub fn put(&self, name: &OsStr, content: &[u8], mode: Mode, over: Over<'_>) -> io::Result<()> {
        self.tidy();
        let done = match self.nameless() {
            Some(file) => {
                fill(&file, content, mode)?;
                self.name(&file, name, over)
            }
            None => self
                .beside(content, mode)
                .and_then(|()| self.rename(name, over)),
        };
        if done.is_err() {
            self.tidy();
        }
        done.and_then(|()| Ok(fsync(self.0)?))
    }

    /// Removes a file with this content. Anything else stays, and is an error.
    pub fn remove(&self, name: &OsStr, content: &[u8]) -> io::Result<()> {
        self.tidy();
        // Out of the way first, so that what is looked at is what is removed.
        self.move_to(name, OsStr::new(DRAFT))
            .map_err(io::Error::from)?;
        if !self.holds(OsStr::new(DRAFT), content) {
            self.move_to(OsStr::new(DRAFT), name)?;
            return Err(changed());
        }
        unlinkat(self.0, DRAFT, AtFlags::empty())?;
        Ok(fsync(self.0)?)
    }

    /// A file without a name, where there can be one that gets a name later.
    fn nameless(&self) -> Option<File> {
        let flags = OFlags::WRONLY | OFlags::TMPFILE | OFlags::CLOEXEC;
        let file = File::from(openat(self.0, ".", flags, OWNER_ALONE).ok()?);
        accessat(CWD, handle(&file), Access::EXISTS, AtFlags::empty())
            .ok()
            .map(|()| file)
    }

    /// Gives a file its name, by way of another one if that is taken and may be.
    fn name(&self, file: &File, name: &OsStr, over: Over<'_>) -> io::Result<()> {
        let by_way_of_another = || {
            self.link(file, OsStr::new(DRAFT)).map_err(in_the_way)?;
            self.rename(name, over)
        };
        if let Over::This(_) = over {
            return by_way_of_another();
        }
        match self.link(file, name) {
            Err(Errno::EXIST) if over == Over::Anything => by_way_of_another(),
            done => Ok(done?),
        }
    }

    fn link(&self, file: &File, name: &OsStr) -> rustix::io::Result<()> {
        linkat(CWD, handle(file), self.0, name, AtFlags::SYMLINK_FOLLOW)
    }

    /// The file under the name that is not its own yet.
    fn beside(&self, content: &[u8], mode: Mode) -> io::Result<()> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(self.0, DRAFT, flags, OWNER_ALONE).map_err(in_the_way)?;
        fill(&File::from(file), content, mode)
    }

    fn rename(&self, name: &OsStr, over: Over<'_>) -> io::Result<()> {
        match over {
            Over::Nothing => Ok(self.move_to(OsStr::new(DRAFT), name)?),
            Over::Anything => Ok(renameat(self.0, DRAFT, self.0, name)?),
            Over::This(content) => self.exchange(name, content),
        }
    }

    /// Puts the draft in the place of a file with this content.
    fn exchange(&self, name: &OsStr, content: &[u8]) -> io::Result<()> {
        if self.holds(name, content) {
            self.swap(name, content)
        } else {
            Err(changed())
        }
    }

    /// Lets the two change places, so that what is compared is what was replaced, whoever writes there
    /// at the same time; where it is something else, they change back.
    fn swap(&self, name: &OsStr, content: &[u8]) -> io::Result<()> {
        let folder = self.0;
        let exchange = || renameat_with(folder, DRAFT, folder, name, RenameFlags::EXCHANGE);
        match exchange() {
            // Some file systems cannot: there a moment is left.
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

    /// Gives a file another name that nothing has.
    fn move_to(&self, from: &OsStr, to: &OsStr) -> rustix::io::Result<()> {
        let folder = self.0;
        match renameat_with(folder, from, folder, to, RenameFlags::NOREPLACE) {
            // Some file systems cannot; a second name that then loses the first comes to the same.
            Err(Errno::INVAL | Errno::NOSYS) => {
                linkat(folder, from, folder, to, AtFlags::empty())?;
                unlinkat(folder, from, AtFlags::empty())
            }
            done => done,
        }
    }

    /// Whether a file, and no link, holds this and nothing else.
    fn holds(&self, name: &OsStr, content: &[u8]) -> bool {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let Ok(file) = openat(self.0, name, flags, Mode::empty()) else {
            return false;
        };
        // It may hold a secret: one buffer, which never grows.
        let mut found = Zeroizing::new(Vec::with_capacity(content.len() + 1));
        let read = File::from(file)
            .take(content.len() as u64 + 1)
            .read_to_end(&mut found);
        read.is_ok() && *found == content
    }

    /// Removes what a killed call has left: a plain file of ours, whatever its mode, which is that of
    /// the file it was to be. What cannot be removed is met when its name is needed.
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

/// What the kernel calls an open file: from there alone one without privileges gives it a name.
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
