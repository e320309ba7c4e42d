//! Walking a path from the root; each part is checked before the next is looked up in it.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{
    AtFlags, CWD, FileType, Mode, OFlags, Stat, fstat, fstatfs, mkdirat, openat, readlinkat, statat,
};
use rustix::io::Errno;
use rustix::process::getcwd;

use super::distrust::{Distrust, Problem, caller, kind};
use super::rule::{FolderRule, Owner, PARENT};

/// How many links the kernel follows (`path_resolution(7)`).
const MAX_LINKS: u32 = 40;
/// `f_type` of `/proc`, whose links lead to open files, not to the paths they show.
const PROC: i64 = 0x9FA0;
const REFERENCE: OFlags = OFlags::PATH.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// A folder that was checked together with its path, and is kept open, so that it stays the same
/// whatever its path leads to later.
#[derive(Debug)]
pub struct Folder {
    fd: OwnedFd,
    path: PathBuf,
    shown: PathBuf,
}

impl AsFd for Folder {
    /// An `O_PATH` descriptor: usable to look up names in the folder, but not for locks.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl Folder {
    /// The folder at `path`. The folders on its path are checked; the caller checks the folder
    /// itself.
    ///
    /// # Errors
    ///
    /// [`Distrust`] for the first part of the path that does not pass.
    pub fn reach(path: &Path, missing: Missing) -> Result<Self, Distrust> {
        let mut walk = Walk::start(path, missing)?;
        walk.leave(0)?;
        Ok(walk.here)
    }

    /// The folder at `path`, if no other user can replace its content.
    ///
    /// # Errors
    ///
    /// [`Distrust`] for the first part of the path that does not pass.
    pub fn open(path: &Path) -> Result<Self, Distrust> {
        Self::judged(path, Missing::Refused)
    }

    /// As [`Self::open`], creating missing folders for the owner only.
    ///
    /// # Errors
    ///
    /// As [`Self::open`], and those of creating a folder.
    pub fn make(path: &Path) -> Result<Self, Distrust> {
        Self::judged(path, Missing::Made)
    }

    fn judged(path: &Path, missing: Missing) -> Result<Self, Distrust> {
        let folder = Self::reach(path, missing)?;
        folder.judge(PARENT)?;
        Ok(folder)
    }

    /// The folder of a file, and the file's name in it. The file itself is not inspected.
    ///
    /// # Errors
    ///
    /// As [`Self::open`]; also if `path` has no file name.
    pub fn of(path: &Path) -> Result<(Self, OsString), Distrust> {
        let (above, name) = split(path)?;
        Ok((Self::open(above)?, name.to_owned()))
    }

    /// As [`Self::of`], creating missing folders for the owner only.
    ///
    /// # Errors
    ///
    /// As [`Self::of`], and those of creating a folder.
    pub fn make_of(path: &Path) -> Result<(Self, OsString), Distrust> {
        let (above, name) = split(path)?;
        Ok((Self::make(above)?, name.to_owned()))
    }

    /// The folder's absolute path, without links.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of a file in it, for messages: relative if the original path was.
    pub fn shown(&self, name: &OsStr) -> PathBuf {
        self.shown.join(name)
    }

    /// Checks the folder against another rule as well.
    ///
    /// # Errors
    ///
    /// [`Distrust`] if it does not pass.
    pub fn judge(&self, rule: FolderRule) -> Result<(), Distrust> {
        let stat = self.stat()?;
        rule.judge(&stat)
            .map_err(|problem| Distrust::of(self.display(), problem, &stat))
    }

    /// The folder's `stat`.
    ///
    /// # Errors
    ///
    /// [`Distrust::Failed`] if it cannot be read.
    pub fn stat(&self) -> Result<Stat, Distrust> {
        fstat(&self.fd).map_err(|errno| Distrust::failed(self.display(), errno))
    }

    /// The `stat` of a file in it, without following links; `None` if there is no such file.
    ///
    /// # Errors
    ///
    /// [`Distrust::Failed`] if it cannot be read.
    pub fn stat_of(&self, name: &OsStr) -> Result<Option<Stat>, Distrust> {
        match statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(Distrust::failed(&self.shown(name), errno)),
        }
    }

    /// Opens a descriptor for locks and to sync names to disk.
    ///
    /// # Errors
    ///
    /// [`Distrust::Failed`] if the folder cannot be opened.
    pub fn reopen(&self) -> Result<OwnedFd, Distrust> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        openat(&self.fd, ".", flags, Mode::empty())
            .map_err(|errno| Distrust::failed(self.display(), errno))
    }

    fn display(&self) -> &Path {
        if self.shown.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &self.shown
        }
    }

    fn root() -> Result<Self, Distrust> {
        let path = PathBuf::from("/");
        let fd = openat(CWD, "/", REFERENCE | OFlags::DIRECTORY, Mode::empty())
            .map_err(|errno| Distrust::failed(&path, errno))?;
        let root = Self {
            fd,
            shown: path.clone(),
            path,
        };
        root.judge(PARENT)?;
        Ok(root)
    }
}

/// Splits a path into its folder and its last name.
fn split(path: &Path) -> Result<(&Path, &OsStr), Distrust> {
    let unnamed = || {
        let why = io::Error::new(io::ErrorKind::InvalidInput, "not a file name");
        Distrust::failed(path, why)
    };
    let name = path.file_name().ok_or_else(unnamed)?;
    Ok((path.parent().unwrap_or(Path::new("")), name))
}

/// What to do with missing folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Fail.
    Refused,
    /// Create them, for the owner only.
    Made,
}

/// A position on the way along a path.
pub(super) struct Walk {
    pub(super) here: Folder,
    /// The rest of the path, in reverse order.
    ahead: Vec<OsString>,
    /// Where a relative path started; messages omit it.
    start: Option<PathBuf>,
    links: u32,
    missing: Missing,
}

/// What the last part of a path refers to.
pub(super) enum Last {
    /// Something that is not a link, or nothing.
    Name(OsString, Option<Stat>),
    /// A link in `/proc` to an open descriptor.
    Held(OsString),
    /// A link. It was checked, but not followed yet.
    Link,
}

impl Walk {
    /// Starts at the root with all of `path` ahead.
    pub(super) fn to(path: &Path) -> Result<Self, Distrust> {
        Self::start(path, Missing::Refused)
    }

    fn start(path: &Path, missing: Missing) -> Result<Self, Distrust> {
        let mut ahead = parts(path);
        let mut start = None;
        if path.is_relative() {
            let folder = getcwd(Vec::new()).map_err(|errno| Distrust::failed(path, errno))?;
            let folder = PathBuf::from(OsString::from_vec(folder.into_bytes()));
            ahead.extend(parts(&folder));
            start = Some(folder);
        }
        Ok(Self {
            here: Folder::root()?,
            ahead,
            start,
            links: 0,
            missing,
        })
    }

    /// Walks until `left` parts remain.
    fn leave(&mut self, left: usize) -> Result<(), Distrust> {
        while self.ahead.len() > left {
            let Some(part) = self.ahead.pop() else { break };
            self.enter(&part)?;
        }
        Ok(())
    }

    /// Walks to the folder of the last part, and inspects that part.
    pub(super) fn last(&mut self) -> Result<Last, Distrust> {
        self.leave(1)?;
        let Some(name) = self.ahead.last().cloned() else {
            return Ok(Last::Name(OsString::from("."), Some(self.here.stat()?)));
        };
        let stat = self.here.stat_of(&name)?;
        let Some(stat) = stat.filter(|stat| kind(stat) == FileType::Symlink) else {
            return Ok(Last::Name(name, stat));
        };
        Owner::CallerOrRoot
            .judge(&stat, caller())
            .map_err(|problem| self.bad(&name, problem, &stat))?;
        Ok(if self.is_in_proc()? {
            Last::Held(name)
        } else {
            Last::Link
        })
    }

    /// Follows a link that is the last part.
    pub(super) fn follow_last(&mut self) -> Result<(), Distrust> {
        let Some(name) = self.ahead.pop() else {
            return Ok(());
        };
        let link = self.reference(&name)?;
        self.read(&link, &name)
    }

    fn enter(&mut self, part: &OsStr) -> Result<(), Distrust> {
        if part == "/" {
            self.here = Folder::root()?;
            return Ok(());
        }
        let fd = match self.reference(part) {
            Err(distrust) if self.missing == Missing::Made && distrust.is_absence() => {
                match mkdirat(&self.here.fd, part, Mode::RWXU) {
                    Ok(()) | Err(Errno::EXIST) => self.reference(part)?,
                    Err(errno) => return Err(Distrust::failed(&self.shown(part), errno)),
                }
            }
            found => found?,
        };
        let stat = fstat(&fd).map_err(|errno| Distrust::failed(&self.shown(part), errno))?;
        if kind(&stat) == FileType::Symlink {
            Owner::CallerOrRoot
                .judge(&stat, caller())
                .map_err(|it| self.bad(part, it, &stat))?;
            if !self.is_in_proc()? {
                return self.read(&fd, part);
            }
        }
        self.here = self.step(part, fd, &stat)?;
        Ok(())
    }

    /// Opens the folder of a part, checked unless it is the last; the kernel follows links in
    /// `/proc`.
    fn step(&self, part: &OsStr, fd: OwnedFd, stat: &Stat) -> Result<Folder, Distrust> {
        let path = if part == ".." {
            self.here.path.parent().unwrap_or(Path::new("/")).to_owned()
        } else {
            self.here.path.join(part)
        };
        let shown = self.shorten(&path);
        let fd = if kind(stat) == FileType::Symlink {
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            openat(&self.here.fd, part, flags, Mode::empty())
                .map_err(|errno| Distrust::failed(&shown, errno))?
        } else {
            fd
        };
        if !matches!(kind(stat), FileType::Directory | FileType::Symlink) {
            return Err(Distrust::failed(&shown, Errno::NOTDIR));
        }
        let folder = Folder { fd, path, shown };
        // The last folder is checked by the caller, with its own rule.
        if !self.ahead.is_empty() {
            folder.judge(PARENT)?;
        }
        Ok(folder)
    }

    /// Puts the parts of a link's target ahead.
    fn read(&mut self, link: &OwnedFd, name: &OsStr) -> Result<(), Distrust> {
        let failed = |errno: Errno| Distrust::failed(&self.shown(name), errno);
        if self.links == MAX_LINKS {
            return Err(failed(Errno::LOOP));
        }
        let target = readlinkat(link, "", Vec::new()).map_err(failed)?;
        self.links += 1;
        self.ahead
            .extend(parts(Path::new(&OsString::from_vec(target.into_bytes()))));
        Ok(())
    }

    fn reference(&self, part: &OsStr) -> Result<OwnedFd, Distrust> {
        openat(&self.here.fd, part, REFERENCE, Mode::empty())
            .map_err(|errno| Distrust::failed(&self.shown(part), errno))
    }

    fn is_in_proc(&self) -> Result<bool, Distrust> {
        let kind = fstatfs(&self.here.fd)
            .map_err(|errno| Distrust::failed(self.here.display(), errno))?
            .f_type;
        Ok(kind == PROC)
    }

    fn bad(&self, part: &OsStr, problem: Problem, stat: &Stat) -> Distrust {
        Distrust::of(&self.shown(part), problem, stat)
    }

    fn shown(&self, part: &OsStr) -> PathBuf {
        self.shorten(&self.here.path.join(part))
    }

    /// Shortens a path below the start of a relative path to a relative one, for messages.
    fn shorten(&self, path: &Path) -> PathBuf {
        let short = self
            .start
            .as_ref()
            .and_then(|start| path.strip_prefix(start).ok());
        short.unwrap_or(path).to_owned()
    }
}

/// The parts of a path in reverse order, without `.`.
fn parts(path: &Path) -> Vec<OsString> {
    path.iter()
        .rev()
        .filter(|part| *part != ".")
        .map(OsStr::to_owned)
        .collect()
}
