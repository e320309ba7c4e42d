//! Reasons not to trust a file or a folder, and the command that fixes each.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Stat};
use rustix::process::geteuid;

/// What is wrong with a file or a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// It belongs to the user with this id.
    Foreign(u32),
    /// Others can change it.
    Changeable,
    /// Others can read or change it.
    Open,
    /// A folder that everyone can create files in.
    Shared,
    /// A symbolic link where none is followed.
    Link,
    /// It is not a folder.
    NotAFolder,
    /// It is a folder.
    Folder,
    /// It is neither a regular file nor a folder.
    NotAFile,
    /// It has another hard link.
    SecondName,
    /// The caller cannot access it.
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

/// Why a path is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Distrust {
    /// Another user could change it, or read it.
    #[error("`{}` {problem}", path.display())]
    Unsafe {
        /// The part of the path.
        path: PathBuf,
        /// What is wrong with it.
        problem: Problem,
        /// A command that fixes it.
        fix: Option<String>,
    },
    /// It does not exist or cannot be inspected.
    #[error("`{}`", path.display())]
    Failed {
        /// The part of the path.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl Distrust {
    pub(super) fn failed(path: &Path, source: impl Into<io::Error>) -> Self {
        let path = path.to_owned();
        let source = source.into();
        if source.kind() == io::ErrorKind::PermissionDenied {
            return Self::Unsafe {
                path,
                problem: Problem::OutOfReach,
                fix: None,
            };
        }
        Self::Failed { path, source }
    }

    /// Builds the error for `path`, whose `stat` is given, with the command that fixes it.
    pub fn of(path: &Path, problem: Problem, stat: &Stat) -> Self {
        let mends = may_fix(stat, caller());
        let fix = mends.then(|| fix(path, problem, kind(stat))).flatten();
        Self::Unsafe {
            path: path.to_owned(),
            problem,
            fix,
        }
    }

    /// Drops the suggested command if the path belongs to another user. For files of a store, which
    /// one user owns: only they can fix it. Not for input like a declaration.
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

    /// Whether something does not exist.
    pub fn is_absence(&self) -> bool {
        matches!(self, Self::Failed { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}

/// The user whose permissions count.
pub(super) fn caller() -> u32 {
    geteuid().as_raw()
}

/// The type of a file.
pub(super) fn kind(stat: &Stat) -> FileType {
    FileType::from_raw_mode(stat.st_mode)
}

/// Whether the caller could change its mode.
fn may_fix(stat: &Stat, caller: u32) -> bool {
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

/// Quotes `path` as one word of a shell; `None` if it is not text.
pub fn quoted(path: &Path) -> Option<String> {
    path.to_str().map(shell_word)
}

/// Quotes `text` as one word of a shell; unchanged if no shell gives any of it a special meaning.
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%:,=".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
