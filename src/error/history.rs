//! A store whose past is not the one that was seen.

use crate::kind::Kind;

/// How the past of a store differs from what this machine, or a witness of the log, has seen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum History {
    /// The file is older than what this machine has seen.
    #[error("the store is older than this machine has seen it: epoch {found}, last seen {seen}")]
    Rollback {
        /// Epoch of the file.
        found: u64,
        /// Epoch of the anchor.
        seen: u64,
    },
    /// This machine has not seen the store, and the caller requires that it has.
    #[error("this machine has no anchor for the store")]
    AnchorMissing,
    /// The file has another history than this machine has seen.
    #[error("the store's history differs from what this machine has seen: {0}")]
    Fork(String),
    /// Another machine accepted, copied or restored the store, and this one may follow.
    #[error(
        "the store's history differs from what this machine has seen: another machine accepted it as of epoch {found}"
    )]
    AcceptedElsewhere {
        /// The epoch at which it parts from what this machine has seen.
        found: u64,
        /// The log entry with which it begins.
        entry: u64,
    },
    /// The log is shorter than an outside witness has seen it.
    #[error("the log ends at entry {last}, but the given head is of entry {seen}")]
    LogCut {
        /// The newest entry.
        last: u64,
        /// The entry that the witness has seen.
        seen: u64,
    },
    /// An outside witness has seen another log.
    #[error("entry {0} of the log, or one before it, does not match the given head")]
    LogDiffers(u64),
    /// Another store is where this machine knew one, or the anchor is foreign.
    #[error("the store was replaced by another one: {0}")]
    Substituted(String),
    /// The store was moved to another place.
    #[error("the store was moved to {0}")]
    Moved(String),
}

impl History {
    /// Which coarse sort this is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Rollback { .. } | Self::AnchorMissing | Self::LogCut { .. } => Kind::Rollback,
            Self::Fork(_) | Self::AcceptedElsewhere { .. } | Self::LogDiffers(_) => Kind::Fork,
            Self::Substituted(_) | Self::Moved(_) => Kind::Substituted,
        }
    }
}
