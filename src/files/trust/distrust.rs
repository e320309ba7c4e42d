//! Why a file or a folder is not trusted, and the command that fixes it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Stat};
use rustix::process::geteuid;

/// What is wrong with a file or a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// Its owner is this user.
    Foreign(u32),
    /// Others can change it.
    Changeable,
    /// Others can read or change it.
    Open,
    /// A folder that everybody puts files into.
    Shared,
    /// A link, where none is followed.
    Link,
    /// It is no folder.
    NotAFolder,
    /// It is a folder.
    Folder,
    /// It is neither a file nor a folder.
    NotAFile,
    /// It has another name.
    SecondName,
    /// The caller cannot get there.
    OutOfReach,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Foreign(owner) => return write!(f, "belongs to another user (uid {owner})"),
            Self::Changeable => "is writable by others",
            Self::Open => "is accessible to other users",
            Self::Shared => "is shared with others",
            Self::Link => "is a symbolic link, which is not followed",
            Self::NotAFolder => "is not a folder",
            Self::Folder => "is a folder, not a regular file",
            Self::NotAFile => "is not a regular file",
            Self::SecondName => "has a second name (a hard link)",
            Self::OutOfReach => "cannot be reached by this user",
        })
    }
}

/// Why a path is not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Distrust {
    /// Somebody else could change it, or read it.
    #[error("`{}` {problem}", path.display())]
    Unsafe {
        /// Which part of the path.
        path: PathBuf,
        /// What is wrong with it.
        problem: Problem,
        /// A command that fixes it.
        fix: Option<String>,
    },
    /// It cannot be looked at, or is not there.
    #[error("`{}`", path.display())]
    Failed {
        /// Which part of the path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Distrust {
    pub(super) fn failed(path: &Path, source: impl Into<io::Error>) -> Self {
        let (path, source) = (path.to_owned(), source.into());
        if source.kind() == io::ErrorKind::PermissionDenied {
            return Self::Unsafe {
                path,
                problem: Problem::OutOfReach,
                fix: None,
            };
        }
        Self::Failed { path, source }
    }

    /// What is wrong with `path`, of which the system says `stat`.
    pub fn of(path: &Path, problem: Problem, stat: &Stat) -> Self {
        let mends = may_mend(stat, caller());
        let fix = mends.then(|| fix(path, problem, kind(stat))).flatten();
        Self::Unsafe {
            path: path.to_owned(),
            problem,
            fix,
        }
    }

    /// The same, of what belongs to a store and is used by one user alone: where that is another, the
    /// command that fixes it is one of theirs. Not for what is brought to a store, as a declaration is.
    #[must_use]
    pub fn left_to_its_owner(self) -> Self {
        match self {
            Self::Unsafe {
                path,
                problem: problem @ Problem::Foreign(owner),
                ..
            } => {
                let fix = Some(format!("sudo -u '#{owner}' hallpass …"));
                Self::Unsafe { path, problem, fix }
            }
            other => other,
        }
    }

    /// Whether something is not there.
    pub fn is_absence(&self) -> bool {
        matches!(self, Self::Failed { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}

/// Whose rights count.
pub(super) fn caller() -> u32 {
    geteuid().as_raw()
}

/// What sort of file it is.
pub(super) fn kind(stat: &Stat) -> FileType {
    FileType::from_raw_mode(stat.st_mode)
}

/// Whether the caller could carry out a command that changes its mode.
fn may_mend(stat: &Stat, caller: u32) -> bool {
    caller == 0 || stat.st_uid == caller
}

fn fix(path: &Path, problem: Problem, kind: FileType) -> Option<String> {
    let mode = match (problem, kind) {
        (Problem::Changeable, _) => "go-w",
        (Problem::Open, FileType::Directory) => "700",
        (Problem::Open, _) => "600",
        _ => return None,
    };
    quoted(path).map(|path| format!("chmod {mode} {path}"))
}

/// `path` as one word of a shell; `None` if it is not text.
pub fn quoted(path: &Path) -> Option<String> {
    path.to_str().map(shell_word)
}

/// `text` as one word of a shell: as it is where no shell takes any of it for more, else in quotes.
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%:,=".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
