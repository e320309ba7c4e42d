//! Files that only their owner may access, read up to a limit and replaced atomically.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use data_encoding::HEXLOWER;
use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

use crate::entropy::{Entropy as _, OsEntropy};

/// Extension of a file that has not been renamed to its final name yet.
const UNFINISHED: &str = "tmp";

/// Sets options for a file with mode 0600 that must not be a symbolic link.
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    let flags = OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    options.mode(0o600).custom_flags(flags.bits().cast_signed())
}

/// Reads at most the first `most` bytes of a file; `None` if it does not exist.
pub(super) fn read_bounded(path: &Path, most: usize) -> io::Result<Option<Vec<u8>>> {
    let file = match private(OpenOptions::new().read(true)).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(most as u64).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Writes a file atomically: temporary file, sync, rename, sync of the folder.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    make_folder(folder)?;
    let held = File::open(folder)?;
    lock(&held)?;
    tidy(folder)?;
    let (fresh, mut file) = unfinished(path)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&fresh, path));
    if written.is_err() {
        // What cannot be removed now is removed by the next call's `tidy`.
        let _ = fs::remove_file(&fresh);
    }
    written?;
    held.sync_all()
}

/// Creates a folder and its missing parents, for the owner only.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

/// Locks a file or folder, or fails after a few seconds: no holder keeps the lock for long.
pub(super) fn lock(file: &File) -> io::Result<()> {
    const TRIES: u32 = 250;
    for _ in 0..TRIES {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) => std::thread::sleep(Duration::from_millis(20)),
            done => return Ok(done?),
        }
    }
    Err(io::Error::new(
        io::ErrorKind::TimedOut,
        "another program holds the anchor",
    ))
}

/// Creates a new file next to `path`, with an unpredictable name.
fn unfinished(path: &Path) -> io::Result<(PathBuf, File)> {
    let mut random = [0; 8];
    // Only the name depends on it, so the caller's generator is not used.
    OsEntropy.fill(&mut random).map_err(io::Error::other)?;
    let fresh = unfinished_name(path, random);
    let file = create(&fresh)?;
    Ok((fresh, file))
}

fn unfinished_name(path: &Path, random: [u8; 8]) -> PathBuf {
    let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
    name.push(format!(".{}.{UNFINISHED}", HEXLOWER.encode(&random)));
    path.with_file_name(name)
}

/// Creates a file; fails if the name exists, even as a symbolic link.
fn create(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().write(true).create_new(true)).open(path)
}

/// Removes temporary files of killed calls. The caller holds the folder's lock, so none is in use.
fn tidy(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == UNFINISHED) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<OsString> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_written_under_a_name_that_nobody_foresees() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("anchor");
        let taken: Vec<_> = (0..8).map(|_| unfinished(&path).unwrap().0).collect();
        assert_eq!(
            names(folder.path()).len(),
            taken.len(),
            "none of them twice"
        );
        let pid = std::process::id().to_string();
        assert!(!taken.iter().any(|it| it.to_string_lossy().contains(&pid)));
    }

    #[test]
    fn what_is_there_under_that_name_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("anchor");
        let other = folder.path().join("other");
        fs::write(&other, "kept").unwrap();
        let fresh = unfinished_name(&path, [7; 8]);
        std::os::unix::fs::symlink(&other, &fresh).unwrap();
        assert_eq!(
            create(&fresh).unwrap_err().kind(),
            io::ErrorKind::AlreadyExists
        );
        fs::remove_file(&fresh).unwrap();
        fs::hard_link(&other, &fresh).unwrap();
        assert_eq!(
            create(&fresh).unwrap_err().kind(),
            io::ErrorKind::AlreadyExists
        );
        assert_eq!(fs::read(&other).unwrap(), b"kept");
    }

    #[test]
    fn what_a_killed_call_has_left_is_removed_by_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("anchor");
        unfinished(&path).unwrap();
        write_whole(&path, b"whole").unwrap();
        assert_eq!(names(folder.path()), ["anchor"]);
        assert_eq!(fs::read(&path).unwrap(), b"whole");
    }

    #[test]
    fn a_link_in_the_way_is_replaced_and_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("anchor");
        let other = folder.path().join("other");
        fs::write(&other, "kept").unwrap();
        std::os::unix::fs::symlink(&other, &path).unwrap();
        write_whole(&path, b"whole").unwrap();
        assert_eq!(fs::read(&other).unwrap(), b"kept");
        assert!(fs::symlink_metadata(&path).unwrap().is_file());
    }
}
