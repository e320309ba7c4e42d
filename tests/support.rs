//! A home of its own for each test, and the program in it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

pub(crate) mod alone;
pub(crate) mod chance;
pub(crate) mod core;
pub(crate) mod forge;
pub(crate) mod pty;
#[cfg(feature = "smtp")]
pub(crate) mod smtp;
pub(crate) mod test_home;
pub(crate) mod trees;

/// A folder for the owner only, whatever the umask, that is thrown away.
pub(crate) fn private_folder() -> TempDir {
    tempfile::Builder::new()
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir()
        .unwrap()
}

/// The same, in memory where that can be: for many files that nobody misses.
pub(crate) fn fast_folder() -> TempDir {
    let private = fs::Permissions::from_mode(0o700);
    let mut builder = tempfile::Builder::new();
    let made = builder.permissions(private).tempdir_in("/dev/shm");
    made.unwrap_or_else(|_| private_folder())
}

/// A home folder that is thrown away, with the places of the store, the settings and the anchors in
/// it.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(private_folder())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// A file or folder of the test's own in it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Where the store is by default.
    pub(crate) fn store(&self) -> PathBuf {
        self.path().join("data/hallpass/store.db")
    }

    /// Where the settings are by default.
    pub(crate) fn config(&self) -> PathBuf {
        self.path().join("config/hallpass/config.toml")
    }

    /// Writes a file that its owner alone can read.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.file(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    /// The program in this home, with nothing else in its environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hallpass"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("TERM", "xterm")
            .env("HOME", self.path())
            .env("XDG_DATA_HOME", self.path().join("data"))
            .env("XDG_CONFIG_HOME", self.path().join("config"))
            .env("XDG_STATE_HOME", self.path().join("state"));
        command
    }

    /// As [`Self::command`], to make claims about.
    pub(crate) fn hallpass(&self, arguments: &[&str]) -> assert_cmd::Command {
        self.command(arguments).into()
    }
}
