//! A file that was not there before: whole or not at all, and its owner's alone.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hallpass::Error;
use hallpass::wholefile::{Folder, Over};
use rustix::fs::{AtFlags, CWD, Mode, OFlags};
use rustix::io::Errno;

use crate::failure::Failure;

/// How long somebody else may be at work in the folder.
const PATIENCE: Duration = Duration::from_secs(5);

/// The place of a file that is to be made.
pub(crate) struct NewFile {
    folder: Folder,
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
        let folder = Folder::from(folder);
        folder.tidy();
        match rustix::fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => Err(Error::FileExists(path.to_owned()).into()),
            Err(Errno::NOENT) => Ok(Self { folder, name: name.to_owned(), path: path.to_owned() }),
            Err(errno) => Err(failed(path, errno.into()).into()),
        }
    }

    /// Puts the file there, on the disk before it has its name. What came to be there meanwhile stays.
    pub(crate) fn write(self, content: &[u8]) -> Result<(), Failure> {
        let Self { folder, name, path } = self;
        let owner_alone = Mode::RUSR | Mode::WUSR;
        let put = folder
            .lock(PATIENCE)
            .and_then(|folder| folder.put(&name, content, owner_alone, Over::Nothing));
        put.map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => Error::FileExists(path).into(),
            _ => failed(&path, source).into(),
        })
    }
}

fn failed(path: &Path, source: io::Error) -> Error {
    Error::File { path: path.to_owned(), source }
}
