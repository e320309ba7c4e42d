//! Who may change a file or a folder, or read it: one answer for every file that is written or
//! trusted.
//!
//! The whole path is judged, from the root on: each folder, each link that leads through it, and the
//! file itself. Every one of them must belong to the caller or to root, and nobody else may be able to
//! exchange what is in it. Folders are walked by descriptor, so that what was judged is what is used.
//!
//! One rule holds for all of it. Where a [`Rule`] differs from another, this is why:
//!
//! | | |
//! |---|---|
//! | sticky folders (`/tmp`) | pass on the way: nobody can rename or remove there what is not theirs. Not as the folder of a store or an outbox ([`PRIVATE`], [`OWN`]): another user could take a name there first |
//! | owner root | as good as the caller: root can do all of this anyway. Not for what hallpass writes ([`SINK`], [`STORE`]): a file of root's that the caller can write is somebody's by intention |
//! | reading | refused for what opens the store ([`KEY`], [`PASSPHRASE`], [`STORE`]); a warning for a secret that is compared or imported ([`SECRET`]); no matter for what says what is to be done ([`ORDERS`], [`SETTINGS`], [`PROGRAM`]) and for what is sealed ([`MEMORY`]) |
//! | links at the end | refused for what is written and for what opens the store, followed elsewhere, each judged. Links on the way are judged and followed |
//! | mounted secrets | a file of root's, mode 0400, 0440 or 0444, on a tmpfs or where nothing can be written, is how orchestrators hand out secrets ([`KEY`], [`PASSPHRASE`], [`SECRET`]): its readers are the container's, and it may be a link inside its own folder |
//! | pipes | the end of a pipe that the caller holds is theirs ([`KEY`] too); a pipe with a name waits for its writer, which completions and settings cannot ([`KEY`], [`SETTINGS`]) |
//! | second names | refused for a store alone: its sidecars go by name |
//! | group | is others: who is in it changes without a word |

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Stat};
use rustix::process::geteuid;

mod open;
mod way;

pub use open::{Opened, find, open};
pub use way::{Folder, Missing};

/// What is asked of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    owner: Owner,
    reading: Reading,
    links: Links,
    pipes: Pipes,
    names: Names,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Caller,
    CallerOrRoot,
}

/// Whether others may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Refused,
    Warned,
    Allowed,
}

/// Whether a link is followed at the end of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Links {
    Refused,
    /// To a mounted secret, inside its own folder.
    Mounted,
    Followed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pipes {
    Refused,
    /// One that the caller has opened: `/dev/fd/63`.
    Held,
    /// One that has a name, too.
    Named,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Names {
    One,
    Many,
}

/// A key file.
pub const KEY: Rule = Rule {
    owner: Owner::CallerOrRoot,
    reading: Reading::Refused,
    links: Links::Mounted,
    pipes: Pipes::Held,
    names: Names::Many,
};

/// A passphrase, a recovery code, the password of a server.
pub const PASSPHRASE: Rule = Rule { pipes: Pipes::Named, ..KEY };

/// A secret that opens nothing of ours: a password or a token to be judged or taken over.
pub const SECRET: Rule =
    Rule { reading: Reading::Warned, links: Links::Followed, pipes: Pipes::Named, ..KEY };

/// What says what is to be done: a declaration, a walkthrough, certificates.
pub const ORDERS: Rule = Rule { reading: Reading::Allowed, ..SECRET };

/// The settings.
pub const SETTINGS: Rule = Rule { pipes: Pipes::Refused, ..ORDERS };

/// A program that is started.
pub const PROGRAM: Rule = SETTINGS;

/// What this machine remembers of a store.
pub const MEMORY: Rule = Rule { links: Links::Refused, ..SETTINGS };

/// A file that a secret is put into.
pub const SINK: Rule = Rule { owner: Owner::Caller, ..MEMORY };

/// A store, and what lies next to it.
pub const STORE: Rule = Rule { reading: Reading::Refused, names: Names::One, ..SINK };

/// What is asked of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FolderRule {
    owner: Owner,
    sharing: Sharing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sharing {
    /// Others may add files, and touch none that is not theirs.
    Sticky,
    /// Others may look.
    Listed,
    /// Others may not come in.
    None,
}

/// A folder on the way, or one that a file is put into.
pub const WAY: FolderRule = FolderRule { owner: Owner::CallerOrRoot, sharing: Sharing::Sticky };

/// A folder that is given over to what hallpass puts into it.
pub const OWN: FolderRule = FolderRule { owner: Owner::Caller, sharing: Sharing::Listed };

/// The folder of a store.
pub const PRIVATE: FolderRule = FolderRule { owner: Owner::CallerOrRoot, sharing: Sharing::None };

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
            Self::Changeable => "can be changed by others",
            Self::Open => "is open to other users",
            Self::Shared => "is shared with others",
            Self::Link => "is a symbolic link, and none is followed",
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
    fn failed(path: &Path, source: impl Into<io::Error>) -> Self {
        let (path, source) = (path.to_owned(), source.into());
        if source.kind() == io::ErrorKind::PermissionDenied {
            return Self::Unsafe { path, problem: Problem::OutOfReach, fix: None };
        }
        Self::Failed { path, source }
    }

    /// What is wrong with `path`, of which the system says `stat`.
    pub fn of(path: &Path, problem: Problem, stat: &Stat) -> Self {
        let mends = may_mend(stat, caller());
        let fix = mends.then(|| fix(path, problem, kind(stat))).flatten();
        Self::Unsafe { path: path.to_owned(), problem, fix }
    }

    /// The same, of what belongs to a store and is used by one user alone: where that is another, the
    /// command that fixes it is one of theirs. Not for what is brought to a store, as a declaration is.
    #[must_use]
    pub fn left_to_its_owner(self) -> Self {
        match self {
            Self::Unsafe { path, problem: problem @ Problem::Foreign(owner), .. } => {
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

/// How a file that passes may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// By its owner alone, or as it should be.
    AsMeant,
    /// By others, who may not be meant.
    Others,
}

impl Rule {
    /// Judges a file by what the system says of it.
    pub fn judge(self, stat: &Stat) -> Result<Readers, Problem> {
        self.judge_for(stat, caller())
    }

    fn judge_for(self, stat: &Stat, caller: u32) -> Result<Readers, Problem> {
        let others = stat.st_mode & 0o077;
        match kind(stat) {
            FileType::RegularFile => {}
            FileType::Fifo if self.pipes == Pipes::Named => {}
            FileType::Symlink => return Err(Problem::Link),
            FileType::Directory => return Err(Problem::Folder),
            _ => return Err(Problem::NotAFile),
        }
        self.owner.judge(stat, caller)?;
        match self.reading {
            Reading::Refused if others != 0 => return Err(Problem::Open),
            _ if others & 0o022 != 0 => return Err(Problem::Changeable),
            _ => {}
        }
        if self.names == Names::One && stat.st_nlink != 1 {
            return Err(Problem::SecondName);
        }
        let read = self.reading == Reading::Warned && others & 0o044 != 0;
        Ok(if read { Readers::Others } else { Readers::AsMeant })
    }
}

impl FolderRule {
    /// Judges a folder by what the system says of it.
    pub fn judge(self, stat: &Stat) -> Result<(), Problem> {
        self.judge_for(stat, caller())
    }

    fn judge_for(self, stat: &Stat, caller: u32) -> Result<(), Problem> {
        const STICKY: u32 = 0o1000;
        let mode = stat.st_mode;
        if kind(stat) != FileType::Directory {
            return Err(Problem::NotAFolder);
        }
        if self.sharing == Sharing::None && mode & (STICKY | 0o002) != 0 {
            return Err(Problem::Shared);
        }
        self.owner.judge(stat, caller)?;
        match self.sharing {
            Sharing::None if mode & 0o077 != 0 => Err(Problem::Open),
            Sharing::Sticky if mode & STICKY != 0 => Ok(()),
            _ if mode & 0o022 != 0 => Err(Problem::Changeable),
            _ => Ok(()),
        }
    }
}

impl Owner {
    fn judge(self, stat: &Stat, caller: u32) -> Result<(), Problem> {
        let owner = stat.st_uid;
        if owner == caller || self == Self::CallerOrRoot && owner == 0 {
            return Ok(());
        }
        Err(Problem::Foreign(owner))
    }
}

fn caller() -> u32 {
    geteuid().as_raw()
}

fn kind(stat: &Stat) -> FileType {
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

#[cfg(test)]
mod tests;
