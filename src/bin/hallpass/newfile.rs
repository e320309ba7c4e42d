//! A file that was not there before: whole or not at all, and its owner's alone.

use hallpass::error::Existing;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hallpass::Error;
use hallpass::files::atomic::{Folder, Overwrite};
use hallpass::files::trust;
use rustix::fs::Mode;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::protected::Protected;

/// How long somebody else may be at work in the folder.
const PATIENCE: Duration = Duration::from_secs(5);

/// The place of a file that is to be made, in a folder in which nobody else can exchange it.
pub(crate) struct NewFile {
    folder: Folder,
    name: OsString,
    path: PathBuf,
}

impl NewFile {
    /// The place of `path`, at which nothing may be: no file, and no link either.
    pub(crate) fn at(path: &Path, protected: &Protected) -> Result<Self, Failure> {
        ensure_named(path)?;
        Self::of(
            path,
            trust::Folder::of(path).map_err(Error::from)?,
            protected,
        )
    }

    /// As [`Self::at`], after making what is missing of the folder.
    pub(crate) fn making(path: &Path, protected: &Protected) -> Result<Self, Failure> {
        ensure_named(path)?;
        Self::of(
            path,
            trust::Folder::make_of(path).map_err(Error::from)?,
            protected,
        )
    }

    /// Refuses a place where no file could be made, and makes nothing.
    pub(crate) fn foresee(path: &Path, protected: &Protected) -> Result<(), Failure> {
        ensure_named(path)?;
        match trust::Folder::of(path) {
            Ok((folder, name)) => ensure_free(path, &folder, &name, protected),
            // It will be made, in one that was judged.
            Err(distrust) if distrust.is_absence() => Ok(()),
            Err(distrust) => Err(Error::from(distrust).into()),
        }
    }

    fn of(
        path: &Path,
        (folder, name): (trust::Folder, OsString),
        protected: &Protected,
    ) -> Result<Self, Failure> {
        let open = Folder::from(folder.reopen().map_err(Error::from)?);
        open.tidy();
        ensure_free(path, &folder, &name, protected)?;
        Ok(Self {
            folder: open,
            name,
            path: path.to_owned(),
        })
    }

    /// Puts the file there, on the disk before it has its name. What came to be there meanwhile stays.
    pub(crate) fn write(self, content: &[u8]) -> Result<WrittenFile, Failure> {
        let owner_alone = Mode::RUSR | Mode::WUSR;
        let put = self
            .folder
            .lock(PATIENCE)
            .and_then(|folder| folder.put(&self.name, content, owner_alone, Overwrite::Never));
        match put {
            Ok(()) => Ok(WrittenFile(Some((self, Zeroizing::new(content.to_vec()))))),
            Err(source) if source.kind() == io::ErrorKind::AlreadyExists => {
                Err(Error::Exists(Existing::File(self.path)).into())
            }
            Err(source) => Err(Error::File {
                path: self.path,
                source,
            }
            .into()),
        }
    }
}

fn ensure_named(path: &Path) -> Result<(), Failure> {
    match path.file_name() {
        Some(_) => Ok(()),
        None => Err(Failure::usage(format!(
            "`{}` is not a file name",
            path.display()
        ))),
    }
}

fn ensure_free(
    path: &Path,
    folder: &trust::Folder,
    name: &OsStr,
    protected: &Protected,
) -> Result<(), Failure> {
    if folder.stat_of(name).map_err(Error::from)?.is_some() {
        return Err(Error::Exists(Existing::File(path.to_owned())).into());
    }
    protected.refuse_name(path, folder, name)
}

/// A file that was just made. Dropping it removes it again, unless it is kept: what it holds is of no
/// use when the rest did not come about.
#[must_use]
pub(crate) struct WrittenFile(Option<(NewFile, Zeroizing<Vec<u8>>)>);

impl WrittenFile {
    /// Leaves the file where it is.
    pub(crate) fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for WrittenFile {
    fn drop(&mut self) {
        if let Some((NewFile { folder, name, .. }, content)) = &self.0 {
            let _ = folder
                .lock(PATIENCE)
                .and_then(|folder| folder.remove(name, content));
        }
    }
}
