//! A file that was not there before: whole or not at all, and its owner's alone.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use hallpass::Error;
use rustix::fs::{AtFlags, CWD, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use crate::failure::Failure;

/// The place of a file that is to be made.
pub(crate) struct NewFile {
    folder: OwnedFd,
    name: OsString,
    path: PathBuf,
}

impl NewFile {
    /// The place of `path`, at which nothing may be: no file, and no link either.
    pub(crate) fn at(path: &Path) -> Result<Self, Failure> {
        let above = path.parent().filter(|above| !above.as_os_str().is_empty());
        let above = above.unwrap_or(Path::new("."));
        let name = path
            .file_name()
            .ok_or_else(|| Failure::usage(format!("`{}` is no name of a file", path.display())))?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder =
            rustix::fs::openat(CWD, above, flags, Mode::empty()).map_err(|errno| match errno {
                Errno::NOENT => Error::FileNotFound(above.to_owned()),
                other => failed(above, other.into()),
            })?;
        match rustix::fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => Err(Error::FileExists(path.to_owned()).into()),
            Err(Errno::NOENT) => Ok(Self { folder, name: name.to_owned(), path: path.to_owned() }),
            Err(errno) => Err(failed(path, errno.into()).into()),
        }
    }

    /// Puts the file there, on the disk before it has its name. What came to be there meanwhile stays.
    pub(crate) fn write(self, content: &[u8]) -> Result<(), Failure> {
        let draft = OsString::from(format!(".hallpass-{}.new", std::process::id()));
        // One that a killed process left, whose number is ours by now.
        let _ = self.unlink(&draft);
        let done = self.draft(&draft, content).and_then(|()| self.rename(&draft));
        if done.is_err() {
            let _ = self.unlink(&draft);
        }
        match done {
            Ok(()) => Ok(()),
            Err(source) if source.kind() == io::ErrorKind::AlreadyExists => {
                Err(Error::FileExists(self.path).into())
            }
            Err(source) => Err(failed(&self.path, source).into()),
        }
    }

    fn draft(&self, draft: &OsString, content: &[u8]) -> io::Result<()> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        let mut file = File::from(rustix::fs::openat(&self.folder, draft, flags, mode)?);
        file.write_all(content)?;
        file.sync_all()
    }

    fn rename(&self, draft: &OsString) -> io::Result<()> {
        let Self { folder, name, .. } = self;
        match rustix::fs::renameat_with(folder, draft, folder, name, RenameFlags::NOREPLACE) {
            // Some filesystems cannot; a second name that then loses the first comes to the same.
            Err(Errno::INVAL | Errno::NOSYS) => {
                rustix::fs::linkat(folder, draft, folder, name, AtFlags::empty())?;
                self.unlink(draft)?;
            }
            other => other?,
        }
        Ok(rustix::fs::fsync(folder)?)
    }

    fn unlink(&self, name: &OsString) -> rustix::io::Result<()> {
        rustix::fs::unlinkat(&self.folder, name, AtFlags::empty())
    }
}

fn failed(path: &Path, source: io::Error) -> Error {
    Error::File { path: path.to_owned(), source }
}
