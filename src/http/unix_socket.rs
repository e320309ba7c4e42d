//! A Unix socket at a path: made, and removed at the end.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _, lchown};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::files::lock;
use crate::files::trust::Folder;
use crate::sys::sockets::{Listening, is_listening};

/// How long another call may hold the lock of the folder.
const PATIENCE: Duration = Duration::from_secs(5);

/// The owner and the group may connect.
const MODE: u32 = 0o660;

/// A path that this process made a socket at. It is removed on drop if it is still that socket.
#[derive(Debug)]
pub(super) struct Claimed {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl Drop for Claimed {
    fn drop(&mut self) {
        let ours = fs::symlink_metadata(&self.path);
        if ours.is_ok_and(|it| (it.dev(), it.ino()) == (self.device, self.inode)) {
            // Nobody can be informed: the next start replaces it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Makes a socket at `path` and listens. A socket that nobody listens on any more is replaced.
pub(super) fn claim(path: &Path, group: Option<u32>) -> io::Result<(UnixListener, Claimed)> {
    let (folder, _) = Folder::of(path).map_err(io::Error::other)?;
    // Between the look and the new socket, another server must not do the same.
    let folder = File::open(folder.path())?;
    if !lock::lock(&folder, PATIENCE)? {
        return Err(io::ErrorKind::WouldBlock.into());
    }
    remove_stale(path)?;
    // The mask of the process leaves it to its owner until the group is right.
    let listener = UnixListener::bind(path)?;
    let made = fs::symlink_metadata(path)?;
    let claimed = Claimed {
        path: path.to_owned(),
        device: made.dev(),
        inode: made.ino(),
    };
    if let Some(group) = group {
        lchown(path, None, Some(group))?;
    }
    fs::set_permissions(path, Permissions::from_mode(MODE))?;
    listener.set_nonblocking(true)?;
    Ok((listener, claimed))
}

/// Whether a server could listen at `path`, without changing anything.
pub(super) fn ensure_free(path: &Path) -> io::Result<()> {
    let (folder, _) = Folder::of(path).map_err(io::Error::other)?;
    drop(folder);
    is_stale(path).map(drop)
}

fn remove_stale(path: &Path) -> io::Result<()> {
    if is_stale(path)? {
        fs::remove_file(path)?;
    }
    Ok(())
}

/// Whether there is a socket at `path` that nobody listens on. Fails if there is anything else.
fn is_stale(path: &Path) -> io::Result<bool> {
    let found = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        found => found?,
    };
    if !found.file_type().is_socket() {
        let why = "the path exists, and is not a socket";
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
    }
    match is_listening(path)? {
        Listening::Nobody => Ok(true),
        Listening::Somebody => Err(io::ErrorKind::AddrInUse.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let private = Permissions::from_mode(0o700);
        let mut builder = tempfile::Builder::new();
        builder.permissions(private).tempdir().unwrap()
    }

    #[test]
    fn a_stale_socket_is_replaced_and_a_live_one_is_not() {
        let folder = folder();
        let path = folder.path().join("s");
        drop(UnixListener::bind(&path).unwrap());
        assert!(path.exists(), "the premise: it is left behind");
        let (listener, claimed) = claim(&path, None).unwrap();
        let mode = fs::symlink_metadata(&path).unwrap().mode();
        assert_eq!(mode & 0o777, MODE);
        assert_eq!(
            claim(&path, None).unwrap_err().kind(),
            io::ErrorKind::AddrInUse
        );
        assert_eq!(
            ensure_free(&path).unwrap_err().kind(),
            io::ErrorKind::AddrInUse
        );
        drop((listener, claimed));
        assert!(!path.exists(), "it is removed at the end");
    }

    #[test]
    fn what_is_not_a_socket_or_not_ours_any_more_stays() {
        let folder = folder();
        let path = folder.path().join("s");
        fs::write(&path, "mine").unwrap();
        assert_eq!(
            claim(&path, None).unwrap_err().kind(),
            io::ErrorKind::AlreadyExists
        );
        fs::remove_file(&path).unwrap();
        let (_listener, claimed) = claim(&path, None).unwrap();
        // A new inode, while the old one is still in use.
        let other = folder.path().join("other");
        fs::write(&other, "another's").unwrap();
        fs::rename(&other, &path).unwrap();
        drop(claimed);
        assert_eq!(fs::read_to_string(&path).unwrap(), "another's");
    }
}
