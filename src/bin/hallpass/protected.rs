//! Files that nothing may overwrite, even with `--overwrite`: the store and its sidecars, what this
//! machine remembers of it, the settings, and the keys.
//!
//! They are identified by device and inode, whichever path or descriptor leads to them, and also by
//! name, because some of them come and go.

use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use hallpass::Kind;
use hallpass::backend::Fault;
use hallpass::backend::location::{files_of, is_store_sidecar};
use hallpass::files::trust;
use rustix::fs::{FileType, Mode, OFlags, Stat, fstat};

use crate::failure::Failure;
use crate::secrets::KEY_FILE;

/// The protected files of one run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Protected {
    files: Vec<PathBuf>,
    /// Folders whose files are all protected.
    folders: Vec<PathBuf>,
}

/// The device and inode of a file.
type Identity = (u64, u64);

impl Protected {
    /// Protects a store, its state folder, and other files that belong to it.
    pub(crate) fn of<'a>(
        store: Option<&Path>,
        state: Option<&Path>,
        others: impl IntoIterator<Item = &'a Path>,
    ) -> Self {
        let mut files: Vec<_> = others.into_iter().map(Path::to_owned).collect();
        files.extend(store.into_iter().flat_map(files_of));
        let folders = state
            .into_iter()
            .flat_map(|state| ["anchors", "known"].map(|it| state.join(it)));
        Self {
            files,
            folders: folders.collect(),
        }
    }

    /// Refuses a file that exists and is protected.
    pub(crate) fn refuse_file(&self, path: &Path, stat: &Stat) -> Result<(), Fault> {
        if self.holds(identity(stat)) {
            Err(kept(path))
        } else {
            Ok(())
        }
    }

    /// Refuses the name of a protected file, even if no file has that name now.
    pub(crate) fn refuse_name(
        &self,
        path: &Path,
        folder: &trust::Folder,
        name: &OsStr,
    ) -> Result<(), Failure> {
        let own = identity(&folder.stat().map_err(hallpass::Error::from)?);
        let here = |folder: &Path| fs::metadata(folder).is_ok_and(|it| of(&it) == own);
        let named = self.files.iter().any(|file| {
            file.file_name() == Some(name) && file.parent().is_some_and(|it| here(nonempty(it)))
        });
        if named || self.folders.iter().any(|folder| here(folder)) {
            return Err(kept(path).into());
        }
        Ok(())
    }

    /// Refuses a descriptor of a protected file. `called` is its name in messages.
    pub(crate) fn refuse_descriptor(&self, fd: impl AsFd, called: &str) -> Result<(), Failure> {
        if self.has(fd) {
            let message = format!("{called} is a file that belongs to the store");
            return Err(Failure::new(Kind::UnsafeFile, message));
        }
        Ok(())
    }

    /// Whether a descriptor belongs to a protected file.
    pub(crate) fn has(&self, fd: impl AsFd) -> bool {
        let Ok(stat) = fstat(fd) else { return false };
        // Usually it is not a regular file, and then nothing needs to be looked up.
        let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
        is_file && self.holds(identity(&stat))
    }

    /// Adds the protected files of another run.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.files.extend(other.files);
        self.folders.extend(other.folders);
        self
    }

    fn holds(&self, file: Identity) -> bool {
        let same = |path: &Path| fs::metadata(path).is_ok_and(|it| of(&it) == file);
        self.files.iter().any(|it| same(it))
            || self.folders.iter().any(|folder| {
                let entries = fs::read_dir(folder).into_iter().flatten().flatten();
                entries.into_iter().any(|entry| same(&entry.path()))
            })
    }
}

/// Whether a descriptor belongs to a file of any store: by its first bytes, or because it is next
/// to a store.
pub(crate) fn is_of_some_store(fd: BorrowedFd<'_>) -> bool {
    // Reopened, because the descriptor need not be open for reading.
    let link = format!("/proc/self/fd/{}", fd.as_raw_fd());
    begins_as_one(Path::new(&link))
        || fs::read_link(&link).is_ok_and(|path| is_next_to_store(&path))
}

fn begins_as_one(path: &Path) -> bool {
    const STORE: &[u8] = b"SQLite format 3\0";
    // The magic of anchors and tombstones, which differ in the byte after it.
    const OURS: &[u8] = b"\x89HP";
    const SIGNATURE: &[u8] = b"\r\n\x1a\n";
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut start = [0; STORE.len()];
    let read = rustix::fs::open(path, flags, Mode::empty())
        .and_then(|file| rustix::io::read(&file, &mut start));
    let start = start.get(..read.unwrap_or_default()).unwrap_or_default();
    let ours =
        start.starts_with(OURS) && start.get(4..).is_some_and(|it| it.starts_with(SIGNATURE));
    ours || start == STORE || start.starts_with(KEY_FILE)
}

fn is_next_to_store(path: &Path) -> bool {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return false;
    };
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    rustix::fs::open(folder, flags, Mode::empty())
        .is_ok_and(|folder| is_store_sidecar(&folder, name))
}

fn nonempty(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    }
}

fn kept(path: &Path) -> Fault {
    let problem = "belongs to the store, and is not overwritten".to_owned();
    Fault::Unsafe {
        what: path.display().to_string(),
        problem,
        fix: None,
    }
}

fn of(found: &Metadata) -> Identity {
    (found.dev(), found.ino())
}

#[expect(
    clippy::useless_conversion,
    reason = "the widths differ between platforms"
)]
fn identity(stat: &Stat) -> Identity {
    (stat.st_dev.into(), stat.st_ino.into())
}
