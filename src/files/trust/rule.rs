//! The rules: what is asked of a file or a folder, by what it is for.

use rustix::fs::{FileType, Stat};

use super::distrust::{Problem, caller, kind};

/// What is asked of a file.
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

/// Whether a link is followed at the end of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    Refused,
    /// To a mounted secret, inside its own folder.
    Mounted,
    Followed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pipes {
    Refused,
    /// One that the caller has opened: `/dev/fd/63`.
    Held,
    /// One that has a name, too.
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

/// A passphrase, a recovery code, the password of a server.
pub const PASSPHRASE: Rule = Rule {
    pipes: Pipes::Named,
    ..KEY
};

/// A secret that opens nothing of ours: a password or a token to be judged or taken over.
pub const SECRET: Rule = Rule {
    reading: Reading::Warned,
    links: Links::Followed,
    pipes: Pipes::Named,
    ..KEY
};

/// What says what is to be done: a declaration, a walkthrough, certificates.
pub const ORDERS: Rule = Rule {
    reading: Reading::Allowed,
    ..SECRET
};

/// The settings.
pub const SETTINGS: Rule = Rule {
    pipes: Pipes::Refused,
    ..ORDERS
};

/// A program that is started.
pub const PROGRAM: Rule = SETTINGS;

/// What this machine remembers of a store.
pub const MEMORY: Rule = Rule {
    links: Links::Refused,
    ..SETTINGS
};

/// A file that a secret is put into.
pub const SINK: Rule = Rule {
    owner: Owner::Caller,
    ..MEMORY
};

/// A store, and what lies next to it.
pub const STORE: Rule = Rule {
    reading: Reading::Refused,
    names: Names::One,
    ..SINK
};

/// What is asked of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FolderRule {
    owner: Owner,
    sharing: Sharing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sharing {
    /// Others may add files, and touch none that is not theirs.
    Sticky,
    /// Others may look.
    Listed,
    /// Others may not come in.
    None,
}

/// A folder on the way, or one that a file is put into.
pub const WAY: FolderRule = FolderRule {
    owner: Owner::CallerOrRoot,
    sharing: Sharing::Sticky,
};

/// A folder that is given over to what hallpass puts into it.
pub const OWN: FolderRule = FolderRule {
    owner: Owner::Caller,
    sharing: Sharing::Listed,
};

/// The folder of a store.
pub const PRIVATE: FolderRule = FolderRule {
    owner: Owner::CallerOrRoot,
    sharing: Sharing::None,
};

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
            Readers::AsMeant
        })
    }
}

impl FolderRule {
    /// Judges a folder by what the system says of it.
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
