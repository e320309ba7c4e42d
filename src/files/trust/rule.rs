//! The rules: the requirements on a file or a folder, by its purpose.

use rustix::fs::{FileType, Stat};

use super::distrust::{Problem, caller, kind};

/// The requirements on a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    owner: Owner,
    reading: Reading,
    pub(super) links: Links,
    pub(super) pipes: Pipes,
    names: Names,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Caller,
    CallerOrRoot,
}

/// Whether others may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    Refused,
    Warned,
    Allowed,
}

/// Whether a symbolic link is followed as the last part of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    Refused,
    /// Only to a mounted secret, inside its own folder.
    Mounted,
    Followed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pipes {
    Refused,
    /// One that the caller has opened: `/dev/fd/63`.
    Held,
    /// Also a named one.
    Named,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
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

/// A passphrase, a recovery code, or the password of a server.
pub const PASSPHRASE: Rule = Rule {
    pipes: Pipes::Named,
    ..KEY
};

/// A secret that does not open the store: a password or a token to verify or import.
pub const SECRET: Rule = Rule {
    reading: Reading::Warned,
    links: Links::Followed,
    pipes: Pipes::Named,
    ..KEY
};

/// The key of a certificate. A link to it is followed: programs that renew certificates make one.
pub const TLS_KEY: Rule = Rule {
    links: Links::Followed,
    pipes: Pipes::Refused,
    ..KEY
};

/// Instructions: a declaration, a walkthrough, certificates.
pub const INSTRUCTIONS: Rule = Rule {
    reading: Reading::Allowed,
    ..SECRET
};

/// The settings file.
pub const SETTINGS: Rule = Rule {
    pipes: Pipes::Refused,
    ..INSTRUCTIONS
};

/// A program to run.
pub const PROGRAM: Rule = SETTINGS;

/// The anchor and its other files.
pub const MEMORY: Rule = Rule {
    links: Links::Refused,
    ..SETTINGS
};

/// A file that a secret is written to.
pub const SINK: Rule = Rule {
    owner: Owner::Caller,
    ..MEMORY
};

/// A store and its sidecars.
pub const STORE: Rule = Rule {
    reading: Reading::Refused,
    names: Names::One,
    ..SINK
};

/// The requirements on a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FolderRule {
    owner: Owner,
    sharing: Sharing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sharing {
    /// Others may create files, but not touch those of another owner.
    Sticky,
    /// Others may list it.
    Listed,
    /// Others may not enter it.
    None,
}

/// A folder on the way, or one that a file is written to.
pub const PARENT: FolderRule = FolderRule {
    owner: Owner::CallerOrRoot,
    sharing: Sharing::Sticky,
};

/// A folder dedicated to files of hallpass.
pub const OWN: FolderRule = FolderRule {
    owner: Owner::Caller,
    sharing: Sharing::Listed,
};

/// The folder of a store.
pub const PRIVATE: FolderRule = FolderRule {
    owner: Owner::CallerOrRoot,
    sharing: Sharing::None,
};

/// Who can read a file that passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Its owner only, or those that the rule allows.
    Expected,
    /// Others, possibly by mistake.
    Others,
}

impl Rule {
    /// Checks a file by its `stat`; returns who can read it.
    ///
    /// # Errors
    ///
    /// The first [`Problem`] found.
    pub fn judge(self, stat: &Stat) -> Result<Readers, Problem> {
        self.judge_for(stat, caller())
    }

    pub(super) fn judge_for(self, stat: &Stat, caller: u32) -> Result<Readers, Problem> {
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
        Ok(if read {
            Readers::Others
        } else {
            Readers::Expected
        })
    }
}

impl FolderRule {
    /// Checks a folder by its `stat`.
    ///
    /// # Errors
    ///
    /// The first [`Problem`] found.
    pub fn judge(self, stat: &Stat) -> Result<(), Problem> {
        self.judge_for(stat, caller())
    }

    pub(super) fn judge_for(self, stat: &Stat, caller: u32) -> Result<(), Problem> {
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
    pub(super) fn judge(self, stat: &Stat, caller: u32) -> Result<(), Problem> {
        let owner = stat.st_uid;
        if owner == caller || self == Self::CallerOrRoot && owner == 0 {
            return Ok(());
        }
        Err(Problem::Foreign(owner))
    }
}

#[cfg(test)]
mod tests;
