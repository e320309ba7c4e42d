//! The folder of a store: resolved, private, on a disk of this machine, and held open.

use std::ffi::OsStr;
use std::fs::DirBuilder;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags, Stat};

use super::{FolderPolicy, OpenOptions};
use crate::backend::Fault;

/// `f_type` of filesystems whose locks reach further than this machine, or not far enough.
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
    /// Opens the folder `path` of the store `name`. Links on the way are resolved now, because `SQLite` follows none.
    pub(super) fn open(path: &Path, name: &OsStr, options: &OpenOptions) -> Result<Self, Fault> {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let path = path.canonicalize().map_err(|source| file(path, source))?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = match rustix::fs::open(&path, flags, Mode::empty()) {
            Err(rustix::io::Errno::NOTDIR) => return Err(bad(&path, "is not a folder", None)),
            other => other.map_err(|errno| file(&path, errno.into()))?,
        };
        let folder = Self { path, fd };
        folder.check(name, options)?;
        Ok(folder)
    }

    /// As [`Folder::open`], after making what is missing of the path, each part for the owner only.
    pub(super) fn make(path: &Path, name: &OsStr, options: &OpenOptions) -> Result<Self, Fault> {
        if !path.as_os_str().is_empty() {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(path)
                .map_err(|source| file(path, source))?;
        }
        Self::open(path, name, options)
    }

    /// Forces names that came or went to the disk.
    pub(super) fn sync(&self) -> Result<(), Fault> {
        rustix::fs::fsync(&self.fd).map_err(|errno| file(&self.path, errno.into()))
    }

    fn check(&self, name: &OsStr, options: &OpenOptions) -> Result<(), Fault> {
        if options.folder == FolderPolicy::Private {
            let stat =
                rustix::fs::fstat(&self.fd).map_err(|errno| file(&self.path, errno.into()))?;
            self.check_private(name, &stat)?;
        }
        if options.allow_network_fs { Ok(()) } else { self.check_local() }
    }

    fn check_private(&self, name: &OsStr, stat: &Stat) -> Result<(), Fault> {
        let euid = rustix::process::geteuid().as_raw();
        let mode = stat.st_mode & 0o7777;
        if mode & 0o1002 != 0 {
            let own = self.path.join("hallpass");
            let fix = quoted(&own).map(|own| format!("mkdir -m 700 {own}"));
            let problem = "is shared with others; the store needs a folder of its own inside it";
            return Err(bad(&self.path, problem, fix));
        }
        if stat.st_uid != euid && stat.st_uid != 0 {
            return Err(foreign(&self.path, stat.st_uid));
        }
        if mode & 0o077 != 0 {
            return Err(self.open_to_others(name, stat.st_uid == euid));
        }
        Ok(())
    }

    /// A folder that holds a store is the store's own, and can be closed. Any other may be there for
    /// others to use, as `/etc` is: the way out is a folder inside it.
    fn open_to_others(&self, name: &OsStr, own: bool) -> Fault {
        if own && self.holds_a_store(name) {
            let fix = quoted(&self.path).map(|path| format!("chmod 700 {path}"));
            return bad(&self.path, "is open to other users", fix);
        }
        let folder = self.path.join("hallpass");
        let fix = quoted(&folder).map(|folder| format!("mkdir -m 700 {folder}"));
        let problem =
            "is open to other users; the store needs a folder of its own, inside it or elsewhere";
        bad(&self.path, problem, fix)
    }

    fn holds_a_store(&self, name: &OsStr) -> bool {
        const MAGIC: &[u8] = b"SQLite format 3\0";
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let mut start = [0; MAGIC.len()];
        rustix::fs::openat(&self.fd, name, flags, Mode::empty())
            .and_then(|file| rustix::io::read(&file, &mut start))
            .is_ok_and(|read| start.get(..read) == Some(MAGIC))
    }

    fn check_local(&self) -> Result<(), Fault> {
        let kind =
            rustix::fs::fstatfs(&self.fd).map_err(|errno| file(&self.path, errno.into()))?.f_type;
        // Some are wider than 31 bits and come back negative where the field is narrow.
        match NETWORK.iter().find(|(magic, _)| *magic == kind & 0xFFFF_FFFF) {
            None => Ok(()),
            Some((_, name)) => {
                let problem = format!(
                    "lies on a network filesystem ({name}), where locks cannot be relied on; `--allow-network-fs` uses it all the same"
                );
                Err(bad(&self.path, problem, None))
            }
        }
    }
}

/// Refuses what is no regular file of the caller's own that only the caller can reach.
pub(super) fn check_file(path: &Path, stat: &Stat) -> Result<(), Fault> {
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => {}
        FileType::Symlink => {
            return Err(bad(path, "is a symbolic link, and none is followed", None));
        }
        FileType::Directory => return Err(bad(path, "is a folder, not a file", None)),
        _ => return Err(bad(path, "is not a regular file", None)),
    }
    if stat.st_uid != rustix::process::geteuid().as_raw() {
        return Err(foreign(path, stat.st_uid));
    }
    if stat.st_mode & 0o077 != 0 {
        let fix = quoted(path).map(|path| format!("chmod 600 {path}"));
        return Err(bad(path, "is open to other users", fix));
    }
    if stat.st_nlink != 1 {
        return Err(bad(path, "has a second name (a hard link)", None));
    }
    Ok(())
}

fn foreign(path: &Path, owner: u32) -> Fault {
    let problem = format!("belongs to another user (uid {owner})");
    bad(path, problem, Some(format!("sudo -u '#{owner}' hallpass …")))
}

fn bad(path: &Path, problem: impl Into<String>, fix: Option<String>) -> Fault {
    Fault::UnsafeFile { path: path.into(), problem: problem.into(), fix }
}

/// An I/O error at `path`; what this user may not reach is somebody else's.
pub(super) fn file(path: &Path, source: io::Error) -> Fault {
    if source.kind() == io::ErrorKind::PermissionDenied {
        return bad(path, "cannot be reached by this user", None);
    }
    Fault::File { path: path.into(), source }
}

/// `path` as one word of a shell; `None` if it is not text.
fn quoted(path: &Path) -> Option<String> {
    let text = path.to_str()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%:,=".contains(c);
    if text.chars().all(plain) {
        return Some(text.into());
    }
    Some(format!("'{}'", text.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_when_a_shell_would_split_it() {
        let word = |text: &str| quoted(Path::new(text)).unwrap();
        assert_eq!(word("/srv/hallpass-1/store.db"), "/srv/hallpass-1/store.db");
        assert_eq!(word("/a b/$(x)"), "'/a b/$(x)'");
        assert_eq!(word("/it's"), r"'/it'\''s'");
    }
}
