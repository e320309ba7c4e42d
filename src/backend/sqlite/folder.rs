//! The folder of a store: resolved, private, on a local file system, and kept open.

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags, Stat};

use super::names::is_store;
use crate::backend::Fault;
use crate::backend::options::{FolderPolicy, OpenOptions};
use crate::files::trust::{self, Distrust, Missing, PRIVATE, Problem, STORE, quoted};

/// `f_type` of file systems whose locks do not work reliably between all processes that use them.
const NETWORK: [(i64, &str); 9] = [
    (0x6969, "NFS"),
    (0x517B, "SMB"),
    (0xFF53_4D42, "CIFS"),
    (0xFE53_4D42, "SMB2"),
    (0x6573_5546, "FUSE"),
    (0x0102_1997, "9p"),
    (0x5346_414F, "AFS"),
    (0x00C3_6400, "Ceph"),
    (0x7375_7245, "Coda"),
];

/// An open folder and its resolved path.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
    pub(super) fd: OwnedFd,
}

impl Folder {
    /// Opens the folder `path` of the store `name`. Links are resolved here, because `SQLite`
    /// follows none.
    pub(super) fn open(path: &Path, name: &OsStr, options: &OpenOptions) -> Result<Self, Fault> {
        let folder = match options.folder {
            FolderPolicy::Private => Self::private(path, name, Missing::Refused)?,
            FolderPolicy::Any => Self::any(path)?,
        };
        folder.check(options)
    }

    /// As [`Folder::open`], creating missing folders for the owner only. No other user may be able
    /// to replace files in it, whatever the policy.
    pub(super) fn make(path: &Path, name: &OsStr, options: &OpenOptions) -> Result<Self, Fault> {
        let folder = match options.folder {
            FolderPolicy::Private => Self::private(path, name, Missing::Made)?,
            FolderPolicy::Any => Self::held(&trust::Folder::make(path)?)?,
        };
        folder.check(options)
    }

    /// Opens the same folder again, whatever its path leads to by now.
    pub(super) fn again(&self) -> Result<Self, Fault> {
        let fd = self
            .fd
            .try_clone()
            .map_err(|source| file(&self.path, source))?;
        Ok(Self {
            path: self.path.clone(),
            fd,
        })
    }

    /// The folder of a store, checked together with its path.
    fn private(path: &Path, name: &OsStr, missing: Missing) -> Result<Self, Fault> {
        let reached = trust::Folder::reach(path, missing).map_err(Distrust::left_to_its_owner)?;
        let folder = Self::held(&reached)?;
        let stat = reached.stat()?;
        match PRIVATE.judge(&stat) {
            Ok(()) => Ok(folder),
            Err(problem) => Err(folder.unfit(name, problem, &stat)),
        }
    }

    /// A folder to read a sealed copy from: it may be on foreign media.
    fn any(path: &Path) -> Result<Self, Fault> {
        let path = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        let path = path.canonicalize().map_err(|source| file(path, source))?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = match rustix::fs::open(&path, flags, Mode::empty()) {
            Err(rustix::io::Errno::NOTDIR) => return Err(bad(&path, "is not a folder", None)),
            other => other.map_err(|errno| file(&path, errno.into()))?,
        };
        Ok(Self { path, fd })
    }

    fn held(folder: &trust::Folder) -> Result<Self, Fault> {
        Ok(Self {
            path: folder.path().to_owned(),
            fd: folder.reopen()?,
        })
    }

    /// Syncs created, renamed and removed names to disk.
    pub(super) fn sync(&self) -> Result<(), Fault> {
        rustix::fs::fsync(&self.fd).map_err(|errno| file(&self.path, errno.into()))
    }

    fn check(self, options: &OpenOptions) -> Result<Self, Fault> {
        if !options.allow_network_fs {
            self.check_local()?;
        }
        Ok(self)
    }

    /// Describes why the folder cannot hold a store, and how to fix it.
    fn unfit(&self, name: &OsStr, problem: Problem, stat: &Stat) -> Fault {
        let inside = || {
            let own = self.path.join("hallpass");
            quoted(&own).map(|own| format!("mkdir -m 700 {own}"))
        };
        match problem {
            Problem::Shared => {
                let problem =
                    "is shared with others; the store needs a folder of its own inside it";
                bad(&self.path, problem, inside())
            }
            Problem::Open => {
                // A folder that already holds a store can be closed to others. Any other may be
                // shared on purpose, like `/etc`: suggest a new folder inside it instead.
                let own = stat.st_uid == rustix::process::geteuid().as_raw();
                if own && is_store(self.fd.as_fd(), name) {
                    return Distrust::of(&self.path, problem, stat).into();
                }
                let problem = "is accessible to other users; the store needs a folder of its own, inside it or elsewhere";
                bad(&self.path, problem, inside())
            }
            other => unsafe_for(&self.path, other, stat),
        }
    }

    fn check_local(&self) -> Result<(), Fault> {
        let kind = rustix::fs::fstatfs(&self.fd)
            .map_err(|errno| file(&self.path, errno.into()))?
            .f_type;
        // Some magic numbers exceed 31 bits and are negative where the field is narrow.
        match NETWORK
            .iter()
            .find(|(magic, _)| *magic == kind & 0xFFFF_FFFF)
        {
            None => Ok(()),
            Some((_, name)) => {
                let problem = format!(
                    "is on a network filesystem ({name}), where locks are not reliable; `--allow-network-fs` uses it anyway"
                );
                Err(bad(&self.path, problem, None))
            }
        }
    }
}

/// Refuses everything but a regular file that belongs to the caller and that only they can access.
pub(super) fn check_file(path: &Path, stat: &Stat) -> Result<(), Fault> {
    match STORE.judge(stat) {
        Ok(_) => Ok(()),
        Err(problem) => Err(unsafe_for(path, problem, stat)),
    }
}

fn unsafe_for(path: &Path, problem: Problem, stat: &Stat) -> Fault {
    Distrust::of(path, problem, stat).left_to_its_owner().into()
}

fn bad(path: &Path, problem: impl Into<String>, fix: Option<String>) -> Fault {
    Fault::Unsafe {
        what: path.display().to_string(),
        problem: problem.into(),
        fix,
    }
}

/// An I/O error at `path`; permission denied means that it belongs to somebody else.
pub(super) fn file(path: &Path, source: io::Error) -> Fault {
    if source.kind() == io::ErrorKind::PermissionDenied {
        return bad(path, "cannot be reached by this user", None);
    }
    Fault::Io {
        what: path.display().to_string(),
        source,
    }
}
