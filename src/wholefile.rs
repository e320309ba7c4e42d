//! Files that are there whole or not at all.
//!
//! A file is written before it has a name (`O_TMPFILE`, open(2)) and gets one when it is on the disk,
//! so that a kill leaves nothing. For a moment where something is replaced, and all the while on a
//! file system without nameless files, it stands beside its place. What a kill leaves there is removed
//! by the next call that comes to the folder.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};
use std::thread::sleep;
use std::time::Duration;

use rustix::fs::{
    Access, AtFlags, CWD, FileType, FlockOperation, Mode, OFlags, RenameFlags, Stat, accessat,
    fchmod, flock, fsync, linkat, openat, renameat, renameat_with, statat, unlinkat,
};
use rustix::io::Errno;
use rustix::process::geteuid;

/// The file beside its place. One a folder is enough: whoever writes has it locked.
const DRAFT: &str = ".hallpass-new";
/// How often it is tried whether somebody else is done with the folder.
const TRIES_A_SECOND: u32 = 50;
const OWNER_ALONE: Mode = Mode::RUSR.union(Mode::WUSR);

/// What may stand where a file is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// Nothing: what is there stays, and the error is [`io::ErrorKind::AlreadyExists`].
    Nothing,
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
        let pause = Duration::from_secs(1) / TRIES_A_SECOND;
        for _ in 0..=patience.as_secs() * u64::from(TRIES_A_SECOND) {
            match flock(&self.0, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Locked(&self.0)),
                Err(Errno::WOULDBLOCK) => sleep(pause),
                Err(errno) => return Err(errno.into()),
            }
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, "its folder is locked by another program"))
    }

    /// Removes what a killed call has left, unless somebody is at work there.
    pub fn tidy(&self) {
        if flock(&self.0, FlockOperation::NonBlockingLockExclusive).is_ok() {
            Locked(&self.0).tidy();
        }
    }
}

/// A folder that other calls of this program leave alone for as long as this lives.
#[derive(Debug)]
pub struct Locked<'a>(&'a OwnedFd);

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        // It would end with the descriptor anyway.
        let _ = flock(self.0, FlockOperation::Unlock);
    }
}

impl Locked<'_> {
    /// Puts a file there, on the disk before it has its name. Whatever the umask is, it gets `mode`.
    pub fn put(&self, name: &OsStr, content: &[u8], mode: Mode, over: Over) -> io::Result<()> {
        self.tidy();
        let done = match self.nameless() {
            Some(file) => {
                fill(&file, content, mode)?;
                self.name(&file, name, over)
            }
            None => self.beside(content, mode).and_then(|()| self.rename(name, over)),
        };
        if done.is_err() {
            self.tidy();
        }
        done.and_then(|()| Ok(fsync(self.0)?))
    }

    /// Removes a file.
    pub fn remove(&self, name: &OsStr) -> io::Result<()> {
        unlinkat(self.0, name, AtFlags::empty())?;
        Ok(fsync(self.0)?)
    }

    /// A file without a name, where there can be one that gets a name later.
    fn nameless(&self) -> Option<File> {
        let flags = OFlags::WRONLY | OFlags::TMPFILE | OFlags::CLOEXEC;
        let file = File::from(openat(self.0, ".", flags, OWNER_ALONE).ok()?);
        accessat(CWD, handle(&file), Access::EXISTS, AtFlags::empty()).ok().map(|()| file)
    }

    /// Gives a file its name, by way of another one if that is taken and may be.
    fn name(&self, file: &File, name: &OsStr, over: Over) -> io::Result<()> {
        match self.link(file, name) {
            Err(Errno::EXIST) if over == Over::Anything => {
                self.link(file, OsStr::new(DRAFT)).map_err(in_the_way)?;
                self.rename(name, over)
            }
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

    fn rename(&self, name: &OsStr, over: Over) -> io::Result<()> {
        let folder = self.0;
        if over == Over::Anything {
            return Ok(renameat(folder, DRAFT, folder, name)?);
        }
        match renameat_with(folder, DRAFT, folder, name, RenameFlags::NOREPLACE) {
            // Some file systems cannot; a second name that then loses the first comes to the same.
            Err(Errno::INVAL | Errno::NOSYS) => {
                linkat(folder, DRAFT, folder, name, AtFlags::empty())?;
                Ok(unlinkat(folder, DRAFT, AtFlags::empty())?)
            }
            done => Ok(done?),
        }
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

fn in_the_way(errno: Errno) -> io::Error {
    match errno {
        Errno::EXIST => io::Error::other(format!("`{DRAFT}` beside it is in the way")),
        other => other.into(),
    }
}

#[cfg(test)]
mod tests;
