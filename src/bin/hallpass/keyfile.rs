//! Writing a secret to a file of its own: new, the owner's alone, on the disk before it counts.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use hallpass::Error;
use hallpass::secret::SecretText;
use rustix::fs::OFlags;

use crate::failure::Failure;

/// A file that was just made. Dropping it removes it again, unless it is kept: what it holds opens
/// nothing when the rest did not come about.
pub(crate) struct Fresh(Option<PathBuf>);

impl Fresh {
    /// Writes `secret` to a new file and forces it to disk, with its folder.
    pub(crate) fn write(path: &Path, secret: &SecretText) -> Result<Self, Failure> {
        match write(path, secret) {
            Ok(()) => Ok(Self(Some(path.to_owned()))),
            Err(source) if source.kind() == io::ErrorKind::AlreadyExists => {
                Err(Error::FileExists(path.to_owned()).into())
            }
            Err(source) => Err(Error::File { path: path.to_owned(), source }.into()),
        }
    }

    /// Leaves the file where it is.
    pub(crate) fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            let _ = fs::remove_file(path);
        }
    }
}

fn write(path: &Path, secret: &SecretText) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let flags = OFlags::NOFOLLOW.bits().cast_signed();
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(flags)
        .open(path)?;
    let whole = file.write_all(secret.expose().as_bytes()).and_then(|()| file.sync_all());
    if let Err(error) = whole.and_then(|()| File::open(folder)?.sync_all()) {
        let _ = fs::remove_file(path);
        return Err(error);
    }
    Ok(())
}
