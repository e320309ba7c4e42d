//! Files for their owner only that are read within bounds and replaced whole, by their path.
//!
//! [`atomic`](super::atomic) does the same in an open folder, without a name where that can be. Here
//! the new file has a name from the start, which nobody can predict: what this is used for, the state
//! of this machine, must also be replaced where nameless files cannot get a name.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use data_encoding::HEXLOWER;
use rustix::fs::OFlags;

use super::lock::lock;

/// How long somebody else may be at work in the folder.
const PATIENCE: Duration = Duration::from_secs(5);

/// Extension of a file that has not been renamed to its final name yet.
const UNFINISHED: &str = "tmp";

/// Sets options for a file with mode 0600 that must not be a symbolic link.
pub fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    let flags = OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    options.mode(0o600).custom_flags(flags.bits().cast_signed())
}

/// Reads at most the first `most` bytes of a file; `None` if it does not exist.
///
/// # Errors
///
/// The file is a link, or cannot be read.
pub fn read_bounded(path: &Path, most: usize) -> io::Result<Option<Vec<u8>>> {
    let file = match private(OpenOptions::new().read(true)).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(most as u64).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Creates or replaces a file, forced to disk with its folder: whole, or not at all. Until it has its
/// name it is called `NAME.RANDOM.tmp`, with `random` in hex.
///
/// # Errors
///
/// [`io::ErrorKind::TimedOut`] if another program holds the folder for seconds;
/// [`io::ErrorKind::AlreadyExists`] if somebody has predicted the name; or the folder cannot be written.
pub fn write_whole(path: &Path, bytes: &[u8], random: [u8; 8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    make_folder(folder)?;
    let held = File::open(folder)?;
    lock_or_give_up(&held)?;
    tidy(folder)?;
    let fresh = unfinished_name(path, random);
    let mut file = create(&fresh)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&fresh, path));
    if written.is_err() {
        // The next call removes what stays.
        let _ = fs::remove_file(&fresh);
    }
    written?;
    held.sync_all()
}

/// Creates a folder and its missing parents, for the owner only.
///
/// # Errors
///
/// It cannot be made.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

/// Locks a file or folder for as long as it is open; waits some seconds for another program.
///
/// # Errors
///
/// [`io::ErrorKind::TimedOut`] if another program holds it longer: none of ours does.
pub fn lock_or_give_up(file: &File) -> io::Result<()> {
    if lock(file, PATIENCE)? {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::TimedOut,
        "another program has locked the anchor",
    ))
}

fn unfinished_name(path: &Path, random: [u8; 8]) -> PathBuf {
    let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
    name.push(format!(".{}.{UNFINISHED}", HEXLOWER.encode(&random)));
    path.with_file_name(name)
}

/// A new file; what is there already, be it a link, is an error.
fn create(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().write(true).create_new(true)).open(path)
}

/// Removes what killed calls have left in a folder. It is locked, so that nobody is at work there.
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
    fn what_is_there_under_that_name_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("anchor"), folder.path().join("other"));
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
        create(&unfinished_name(&path, [1; 8])).unwrap();
        write_whole(&path, b"whole", [7; 8]).unwrap();
        assert_eq!(names(folder.path()), ["anchor"]);
        assert_eq!(fs::read(&path).unwrap(), b"whole");
    }

    #[test]
    fn a_link_in_the_way_is_replaced_and_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("anchor"), folder.path().join("other"));
        fs::write(&other, "kept").unwrap();
        std::os::unix::fs::symlink(&other, &path).unwrap();
        write_whole(&path, b"whole", [7; 8]).unwrap();
        assert_eq!(fs::read(&other).unwrap(), b"kept");
        assert!(fs::symlink_metadata(&path).unwrap().is_file());
    }
}
