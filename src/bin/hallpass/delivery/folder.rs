//! The folder of a file that gets a secret: opened and judged once, locked while the file is
//! replaced, and rid of what a killed call has left.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use hallpass::Error;
use hallpass::backend::Fault;
use hallpass::wholefile::{Folder, Locked, Over};
use rustix::fs::{FileType, Mode, OFlags, Stat};
use rustix::io::Errno;
use zeroize::Zeroizing;

use crate::cli::sink::Patience;
use crate::output::sanitize::shell;
use crate::secrets;

/// The longest file that is read: more than any that holds secrets for a program.
const LIMIT: usize = 1024 * 1024;

/// An open folder in which others cannot exchange files, and the name of one file in it.
pub(super) struct Place {
    folder: Folder,
    name: OsString,
    path: PathBuf,
    patience: Patience,
}

/// What stood in a file.
pub(super) struct Former {
    pub(super) content: Zeroizing<Vec<u8>>,
    pub(super) mode: Mode,
}

impl Place {
    /// The place of `path`. Links on the way to its folder are followed now and not again.
    pub(super) fn open(path: &Path, patience: Patience) -> Result<Self, Error> {
        let name = path.file_name().ok_or_else(|| bad(path, "is no name of a file", None))?;
        let above = path.parent().filter(|above| !above.as_os_str().is_empty());
        let above = above.unwrap_or(Path::new("."));
        let resolved = above.canonicalize().map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => Error::FileNotFound(above.to_owned()),
            _ => failed(above, source),
        })?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let folder = rustix::fs::open(&resolved, flags, Mode::empty())
            .map_err(|errno| failed(&resolved, errno.into()))?;
        let stat = rustix::fs::fstat(&folder).map_err(|errno| failed(&resolved, errno.into()))?;
        check_folder(&resolved, &stat)?;
        let (folder, name, path) = (Folder::from(folder), name.to_owned(), path.to_owned());
        folder.tidy();
        Ok(Self { folder, name, path, patience })
    }

    /// What stands there, if anything does; never what a link leads to.
    pub(super) fn read(&self) -> Result<Option<Former>, Error> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let opened = rustix::fs::openat(&self.folder, &self.name, flags, Mode::empty());
        let file = match opened {
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::LOOP) => {
                return Err(bad(&self.path, "is a symbolic link, and none is followed", None));
            }
            other => other.map_err(|errno| failed(&self.path, errno.into()))?,
        };
        let stat = rustix::fs::fstat(&file).map_err(|errno| failed(&self.path, errno.into()))?;
        check_file(&self.path, &stat)?;
        let content =
            secrets::read(File::from(file), LIMIT).map_err(|source| failed(&self.path, source))?;
        if let Some(precious) = precious(&content) {
            return Err(bad(&self.path, format!("{precious}, and is not replaced"), None));
        }
        Ok(Some(Former { content, mode: Mode::from_raw_mode(stat.st_mode & 0o7777) }))
    }

    /// Waits for other calls that change a file in this folder.
    pub(super) fn lock(&self) -> io::Result<Locked<'_>> {
        self.folder.lock(self.patience.into())
    }

    /// Puts a whole file in its place.
    pub(super) fn replace(
        &self,
        content: &[u8],
        mode: Mode,
        folder: &Locked<'_>,
    ) -> io::Result<()> {
        folder.put(&self.name, content, mode, Over::Anything)
    }

    /// Removes the file.
    pub(super) fn remove(&self, folder: &Locked<'_>) -> io::Result<()> {
        folder.remove(&self.name)
    }

    /// An unsafe file that cannot take a secret.
    pub(super) fn unfit(&self, problem: impl Into<String>, fix: Option<String>) -> Error {
        bad(&self.path, problem, fix)
    }

    /// The command that closes the file to others.
    pub(super) fn closing(&self) -> String {
        format!("chmod 600 {}", shell(&self.path))
    }
}

/// Nobody but root and the caller may be able to put another file in the place of one.
fn check_folder(path: &Path, stat: &Stat) -> Result<(), Error> {
    if stat.st_uid != euid() && stat.st_uid != 0 {
        let problem = format!("belongs to another user (uid {})", stat.st_uid);
        return Err(bad(path, problem, None));
    }
    // With the sticky bit others can add files, and touch none that is not theirs.
    if stat.st_mode & 0o022 != 0 && stat.st_mode & 0o1000 == 0 {
        let fix = format!("chmod go-w {}", shell(path));
        return Err(bad(path, "can be written by other users", Some(fix)));
    }
    Ok(())
}

fn check_file(path: &Path, stat: &Stat) -> Result<(), Error> {
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(bad(path, "is not a regular file", None));
    }
    if stat.st_uid != euid() {
        return Err(bad(path, format!("belongs to another user (uid {})", stat.st_uid), None));
    }
    Ok(())
}

/// What a file is that no secret is put into: one mistyped path must not cost a store, nor what
/// opens it. No file of secrets for a program has a zero byte, and each file of a store has.
fn precious(content: &[u8]) -> Option<&'static str> {
    if content.starts_with(secrets::KEY_FILE) {
        return Some("is a key file of a store");
    }
    content.contains(&0).then_some("is not a text")
}

fn euid() -> u32 {
    rustix::process::geteuid().as_raw()
}

fn bad(path: &Path, problem: impl Into<String>, fix: Option<String>) -> Error {
    Fault::UnsafeFile { path: path.into(), problem: problem.into(), fix }.into()
}

fn failed(path: &Path, source: io::Error) -> Error {
    match source.kind() {
        io::ErrorKind::PermissionDenied => bad(path, "cannot be reached by this user", None),
        io::ErrorKind::FileTooLarge => bad(path, "is longer than 1 MiB", None),
        _ => Error::File { path: path.to_owned(), source },
    }
}
