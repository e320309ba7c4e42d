//! Walking a path from the root, each part judged before the next is looked for in it.

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
use super::rule::{FolderRule, Owner, WAY};

/// How many links the kernel follows (`path_resolution(7)`).
const MOST_LINKS: u32 = 40;
/// `f_type` of `/proc`, whose links lead where the kernel says and not where they read.
const PROC: i64 = 0x9FA0;
const REFERENCE: OFlags = OFlags::PATH.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// A folder that was judged with all that leads to it, and is held, so that it is the same whatever
/// its path leads to later.
#[derive(Debug)]
pub struct Folder {
    fd: OwnedFd,
    path: PathBuf,
    shown: PathBuf,
}

impl AsFd for Folder {
    /// A reference (`O_PATH`): good for what is in the folder, and not for locks.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl Folder {
    /// The folder that `path` leads to. All that leads to it was judged; it itself is the caller's to
    /// judge.
    pub fn reach(path: &Path, missing: Missing) -> Result<Self, Distrust> {
        let mut walk = Walk::start(path, missing)?;
        walk.leave(0)?;
        Ok(walk.here)
    }

    /// The folder that `path` leads to, if nobody else can exchange what is in it.
    pub fn open(path: &Path) -> Result<Self, Distrust> {
        Self::judged(path, Missing::Refused)
    }

    /// As [`Self::open`], after making what is missing, each part for the owner alone.
    pub fn make(path: &Path) -> Result<Self, Distrust> {
        Self::judged(path, Missing::Made)
    }

    fn judged(path: &Path, missing: Missing) -> Result<Self, Distrust> {
        let folder = Self::reach(path, missing)?;
        folder.judge(WAY)?;
        Ok(folder)
    }

    /// The folder of a file, and the file's name in it. What the name stands for is not looked at.
    pub fn of(path: &Path) -> Result<(Self, OsString), Distrust> {
        let (above, name) = split(path)?;
        Ok((Self::open(above)?, name.to_owned()))
    }

    /// As [`Self::of`], after making what is missing of the folder.
    pub fn make_of(path: &Path) -> Result<(Self, OsString), Distrust> {
        let (above, name) = split(path)?;
        Ok((Self::make(above)?, name.to_owned()))
    }

    /// Its path from the root, without links.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path to show of a file in it: as short as it was given.
    pub fn shown(&self, name: &OsStr) -> PathBuf {
        self.shown.join(name)
    }

    /// Judges it by another rule, too.
    pub fn judge(&self, rule: FolderRule) -> Result<(), Distrust> {
        let stat = self.stat()?;
        rule.judge(&stat)
            .map_err(|problem| Distrust::of(self.display(), problem, &stat))
    }

    /// What the system says of it.
    pub fn stat(&self) -> Result<Stat, Distrust> {
        fstat(&self.fd).map_err(|errno| Distrust::failed(self.display(), errno))
    }

    /// What the system says of a file in it, if it is there; of a link itself.
    pub fn stat_of(&self, name: &OsStr) -> Result<Option<Stat>, Distrust> {
        match statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(Distrust::failed(&self.shown(name), errno)),
        }
    }

    /// A descriptor of it for locks, and to force names to the disk.
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
        root.judge(WAY)?;
        Ok(root)
    }
}

/// The folder's part of a path, and the name in it.
fn split(path: &Path) -> Result<(&Path, &OsStr), Distrust> {
    let unnamed = || {
        let why = io::Error::new(io::ErrorKind::InvalidInput, "not a file name");
        Distrust::failed(path, why)
    };
    let name = path.file_name().ok_or_else(unnamed)?;
    Ok((path.parent().unwrap_or(Path::new("")), name))
}

/// What becomes of folders that are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// They are an error.
    Refused,
    /// They are made, for the owner alone.
    Made,
}

/// Somewhere on the way along a path.
pub(super) struct Walk {
    pub(super) here: Folder,
    /// What is left of the path, the next part last.
    ahead: Vec<OsString>,
    /// Where a relative path started, whose parts are not shown.
    start: Option<PathBuf>,
    links: u32,
    missing: Missing,
}

/// What the last part of a path stands for.
pub(super) enum Last {
    /// Something that is no link, or nothing.
    Name(OsString, Option<Stat>),
    /// A link of the kernel's own, to what a process has open.
    Held(OsString),
    /// A link. It was judged, and is not followed yet.
    Link,
}

impl Walk {
    /// At the root, with all of `path` ahead.
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

    /// Goes on until so many parts are left.
    fn leave(&mut self, left: usize) -> Result<(), Distrust> {
        while self.ahead.len() > left {
            let Some(part) = self.ahead.pop() else { break };
            self.enter(&part)?;
        }
        Ok(())
    }

    /// Goes on to the folder of the last part, and looks at what that is.
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

    /// Follows the link that is the last part.
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

    /// The folder that a part stands for, judged if it leads on; a link of the kernel's is followed by the kernel.
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
        // The last one is judged by the rule that is meant for it.
        if !self.ahead.is_empty() {
            folder.judge(WAY)?;
        }
        Ok(folder)
    }

    /// Puts what a link says ahead.
    fn read(&mut self, link: &OwnedFd, name: &OsStr) -> Result<(), Distrust> {
        let failed = |errno: Errno| Distrust::failed(&self.shown(name), errno);
        if self.links == MOST_LINKS {
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

    /// A path below the folder where a relative path started is shown as it is from there.
    fn shorten(&self, path: &Path) -> PathBuf {
        let short = self
            .start
            .as_ref()
            .and_then(|start| path.strip_prefix(start).ok());
        short.unwrap_or(path).to_owned()
    }
}

/// The parts of a path, the first last; those that mean nothing left out.
fn parts(path: &Path) -> Vec<OsString> {
    path.iter()
        .rev()
        .filter(|part| *part != ".")
        .map(OsStr::to_owned)
        .collect()
}
