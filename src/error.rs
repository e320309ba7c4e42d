//! What can go wrong, as data.

use std::io;
use std::path::PathBuf;

use crate::backend::Fault;
use crate::crypto::KdfError;
use crate::entropy::NoRandomness;
use crate::files::trust::Distrust;
use crate::kind::Kind;
use crate::model::id::TokenId;
use crate::model::invalid::Invalid;
use crate::model::mail::SendFailure;
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName, RequestId, TokenName};
use crate::model::text::Device;
use crate::model::time::Time;
use crate::model::token::TokenAddress;

mod dependents;
mod refusal;

pub use dependents::{Dependent, Dependents};
pub use refusal::Refusal;

/// The core's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything a caller could act on. Texts never hold a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Outside text that is not what it should be.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// No profile of that name.
    #[error("no profile `{0}`")]
    ProfileNotFound(ProfileName),
    /// No connection of that name.
    #[error("no connection `{0}`")]
    ConnectionNotFound(ConnectionName),
    /// No environment of that name.
    #[error("no environment `{0}`")]
    EnvironmentNotFound(EnvironmentName),
    /// No token of that name or id.
    #[error("no token `{0}`")]
    TokenNotFound(TokenAddress),
    /// No token of another system with that secret.
    #[error("no token of another system is known by this")]
    ImportNotFound,
    /// No file, or no folder for it.
    #[error("no file `{}`", .0.display())]
    FileNotFound(PathBuf),
    /// No key slot with that id.
    #[error("no key slot `{0}`")]
    SlotNotFound(String),
    /// The name is taken.
    #[error("profile `{0}` already exists")]
    ProfileExists(ProfileName),
    /// The name is taken.
    #[error("connection `{0}` already exists")]
    ConnectionExists(ConnectionName),
    /// The name is taken.
    #[error("environment `{0}` already exists")]
    EnvironmentExists(EnvironmentName),
    /// The name is held by a live token.
    #[error("profile `{0}` already has a token `{1}`")]
    TokenExists(ProfileName, TokenName),
    /// It was imported before, and may be revoked since.
    #[error("this was imported already, as token `{0}`")]
    ImportExists(TokenId),
    /// A live token of the profile is for that device already, on the same connection.
    #[error("token `{profile}/{token}` is for device `{device}` already, on the same connection")]
    DeviceTaken {
        /// Whose.
        profile: ProfileName,
        /// Which device, as it was asked for.
        device: Device,
        /// The token that has it.
        token: TokenName,
    },
    /// It has a successor that is live.
    #[error("token `{token}` was replaced already, by `{successor}`")]
    Replaced {
        /// The old one.
        token: TokenId,
        /// The one that took its place.
        successor: TokenId,
    },
    /// The request was answered before, and its secret is not shown twice.
    #[error(
        "request `{request}` was answered already, by token `{successor}`, which is not shown again"
    )]
    Answered {
        /// What the caller called it.
        request: RequestId,
        /// The token that was made then.
        successor: TokenId,
    },
    /// A file that is never overwritten is already there.
    #[error("`{}` already exists and is not overwritten", .0.display())]
    FileExists(PathBuf),
    /// Somebody is delivering a token of that name.
    #[error(
        "token `{token}` is being delivered by another call; if that was killed, its name is free at {until}"
    )]
    Delivering {
        /// Which.
        token: TokenName,
        /// When it is given up.
        until: Time,
    },
    /// A rule forbids it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// No slot opens with the secret that was given.
    #[error("wrong passphrase or key")]
    WrongKey,
    /// A key file that cannot be the store's.
    #[error("the key file does not fit: {0}")]
    KeyFile(&'static str),
    /// Too many tries.
    #[error("too many failed tries; try again after {0}")]
    Throttled(Time),
    /// Codes are sent so often and no oftener.
    #[error("a code was sent a moment ago, or enough of them were; ask again after {0}")]
    TooSoon(Time),
    /// Too many failed tries in a row; only an operator ends this.
    #[error("sign-in of profile `{0}` is locked after too many failed tries")]
    Locked(ProfileName),
    /// Sealed bytes do not authenticate, or do not fit together.
    #[error("the store is damaged or was changed from outside: {0}")]
    Integrity(String),
    /// The file is older than what this machine has seen.
    #[error("the store is older than this machine has seen it: epoch {found}, last seen {seen}")]
    Rollback {
        /// Epoch of the file.
        found: u64,
        /// Epoch of the anchor.
        seen: u64,
    },
    /// This machine has not seen the store, and was told to refuse then.
    #[error("this machine has no anchor of the store")]
    AnchorMissing,
    /// The file has another history than this machine has seen.
    #[error("the store has another history than this machine has seen: {0}")]
    Fork(String),
    /// The log is shorter than an outside witness has seen it.
    #[error("the log ends at entry {last}, and a witness has seen entry {seen}")]
    LogCut {
        /// The newest entry.
        last: u64,
        /// The entry that the witness has seen.
        seen: u64,
    },
    /// An outside witness has seen another log.
    #[error("entry {0} of the log, or one before it, is not what a witness has seen")]
    LogDiffers(u64),
    /// Another store stands where this machine knew one, or the anchor is foreign.
    #[error("another store was put here: {0}")]
    Substituted(String),
    /// What the storage below says: busy, read-only, full, unsafe, corrupt, newer.
    #[error(transparent)]
    Storage(Fault),
    /// The anchor cannot be written, so nothing was changed.
    #[error("the anchor `{}` cannot be written, so nothing was changed", path.display())]
    AnchorUnwritable {
        /// The anchor's file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The clock is behind what the store has seen.
    #[error("the clock is {behind} seconds behind the store's last change")]
    Clock {
        /// By how much.
        behind: i64,
    },
    /// What a sink holds is no secret of ours, and is not replaced unless that is said.
    #[error("{0} holds something that is not a secret of hallpass, and it is not replaced")]
    Occupied(String),
    /// A secret that was made could not be handed over; it is not valid.
    #[error("the secret could not be delivered, so it is not valid{}", revoked(*.token))]
    Undelivered {
        /// The token that was revoked, where one had been committed.
        token: Option<TokenId>,
        /// What the sink said.
        source: io::Error,
    },
    /// A secret could not be handed over, and its token could not be revoked either.
    #[error("token `{token}` could not be delivered and is still valid")]
    StillValid {
        /// Which token.
        token: TokenId,
        /// Why it could not be revoked.
        source: Box<Error>,
    },
    /// A generated password could not be handed over, and the old one could not be put back.
    #[error(
        "the new password of profile `{profile}` could not be delivered and is set all the same"
    )]
    StillSet {
        /// Whose.
        profile: ProfileName,
        /// Why the old one could not be put back.
        source: Box<Error>,
    },
    /// Whoever a list was shown to takes no more of it, or nothing of a change is to be kept.
    #[error("this was not carried to its end")]
    Stopped,
    /// A passphrase or password could not be stretched.
    #[error(transparent)]
    Kdf(KdfError),
    /// The operating system gave no random bytes.
    #[error("the operating system gives no random bytes")]
    NoRandomness,
    /// A file that is not part of the store could not be read or written.
    #[error("`{}`", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A mail was not taken, or nobody knows whether it was.
    #[error("{}", .0.brief())]
    NotSent(#[source] SendFailure),
    /// One of many things that are brought about together, and what is wrong with it.
    #[error("{what}")]
    Part {
        /// Which: "token `ci/deploy`".
        what: String,
        /// What is wrong.
        source: Box<Error>,
    },
    /// Several things that are declared are wrong, in the order in which they were found.
    #[error("{} things that are declared are wrong", .0.len())]
    Parts(Vec<Error>),
    /// Somebody else is at work on all of the store.
    #[error("another `apply`, or a restore, is at work on the store")]
    AtWork,
    /// The store is not as it was when the change was looked at.
    #[error("the store, or a place, was changed meanwhile, so nothing was done")]
    Moved,
    /// A state the program should never reach.
    #[error("this is a bug in hallpass: {0}")]
    Bug(&'static str),
}

fn revoked(token: Option<TokenId>) -> String {
    token
        .map(|id| format!(" (`{id}` is revoked)"))
        .unwrap_or_default()
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Damaged(why) => Self::Integrity(why),
            other => Self::Storage(other),
        }
    }
}

impl From<NoRandomness> for Error {
    fn from(_: NoRandomness) -> Self {
        Self::NoRandomness
    }
}

impl From<KdfError> for Error {
    fn from(error: KdfError) -> Self {
        match error {
            KdfError::NoRandomness(_) => Self::NoRandomness,
            other => Self::Kdf(other),
        }
    }
}

impl From<Distrust> for Error {
    fn from(distrust: Distrust) -> Self {
        match distrust {
            Distrust::Failed { path, source } if source.kind() == io::ErrorKind::NotFound => {
                Self::FileNotFound(path)
            }
            Distrust::Failed { path, source } => Self::File { path, source },
            distrust => Self::Storage(distrust.into()),
        }
    }
}

impl Error {
    /// Which coarse sort this is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) => Kind::Usage,
            Self::ProfileNotFound(_)
            | Self::ConnectionNotFound(_)
            | Self::EnvironmentNotFound(_)
            | Self::TokenNotFound(_)
            | Self::ImportNotFound
            | Self::FileNotFound(_)
            | Self::SlotNotFound(_) => Kind::NotFound,
            Self::ProfileExists(_)
            | Self::ConnectionExists(_)
            | Self::EnvironmentExists(_)
            | Self::TokenExists(..)
            | Self::ImportExists(_)
            | Self::DeviceTaken { .. }
            | Self::Replaced { .. }
            | Self::Answered { .. }
            | Self::FileExists(_) => Kind::Exists,
            Self::Refused(_) => Kind::Refused,
            Self::WrongKey | Self::KeyFile(_) => Kind::WrongKey,
            Self::Throttled(_) | Self::TooSoon(_) | Self::Locked(_) => Kind::Throttled,
            Self::Delivering { .. } | Self::AtWork | Self::Moved => Kind::Busy,
            Self::Integrity(_) => Kind::Integrity,
            Self::Rollback { .. } | Self::AnchorMissing | Self::LogCut { .. } => Kind::Rollback,
            Self::Fork(_) | Self::LogDiffers(_) => Kind::Fork,
            Self::Substituted(_) => Kind::Substituted,
            Self::Occupied(_) => Kind::UnsafeFile,
            Self::Storage(fault) => fault.kind(),
            Self::AnchorUnwritable { .. } => Kind::ReadOnly,
            Self::Clock { .. } => Kind::Clock,
            Self::Undelivered { .. } | Self::StillValid { .. } | Self::StillSet { .. } => {
                Kind::Undelivered
            }
            Self::NoRandomness => Kind::Randomness,
            Self::Kdf(_) | Self::Stopped | Self::NotSent(_) => Kind::Failed,
            Self::File { .. } => Kind::Storage,
            Self::Part { source, .. } => source.kind(),
            Self::Parts(all) => all.first().map_or(Kind::Bug, Self::kind),
            Self::Bug(_) => Kind::Bug,
        }
    }
}
