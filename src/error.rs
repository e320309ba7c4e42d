//! The core's errors, as data.

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

/// An error of the core: a variant for each thing a caller can act on. Texts never contain a
/// secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Input that does not have the required form.
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
    /// No imported token with that secret.
    #[error("no token of another system is known by this")]
    ImportNotFound,
    /// The file or its folder does not exist.
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
    /// A live token has the name.
    #[error("profile `{0}` already has a token `{1}`")]
    TokenExists(ProfileName, TokenName),
    /// The token was imported before, and may have been revoked since.
    #[error("this was imported already, as token `{0}`")]
    ImportExists(TokenId),
    /// A live token of the profile already has that device, on the same connection.
    #[error("token `{profile}/{token}` is for device `{device}` already, on the same connection")]
    DeviceTaken {
        /// The profile.
        profile: ProfileName,
        /// The device, as requested.
        device: Device,
        /// The token that has it.
        token: TokenName,
    },
    /// The token has a live successor.
    #[error("token `{token}` was replaced already, by `{successor}`")]
    Replaced {
        /// The token that was replaced.
        token: TokenId,
        /// The token that replaced it.
        successor: TokenId,
    },
    /// The request was already answered, and its secret is not shown again.
    #[error(
        "request `{request}` was answered already, by token `{successor}`, which is not shown again"
    )]
    Answered {
        /// The caller's id of the request.
        request: RequestId,
        /// The token that was issued then.
        successor: TokenId,
    },
    /// A file that is never overwritten already exists.
    #[error("`{}` already exists and is not overwritten", .0.display())]
    FileExists(PathBuf),
    /// Another call is delivering a token of that name.
    #[error(
        "token `{token}` is being delivered by another call; if that was killed, its name is free at {until}"
    )]
    Delivering {
        /// The token.
        token: TokenName,
        /// When the pending delivery expires.
        until: Time,
    },
    /// A rule forbids the operation.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The secret does not open any slot.
    #[error("wrong passphrase or key")]
    WrongKey,
    /// The key file does not belong to the store.
    #[error("the key file does not fit: {0}")]
    KeyFile(&'static str),
    /// Too many attempts.
    #[error("too many failed tries; try again after {0}")]
    Throttled(Time),
    /// The minimum interval between codes has not passed.
    #[error("a code was sent a moment ago, or enough of them were; ask again after {0}")]
    TooSoon(Time),
    /// Too many failed attempts in a row; only an operator can unlock the profile.
    #[error("sign-in of profile `{0}` is locked after too many failed tries")]
    Locked(ProfileName),
    /// Sealed data does not authenticate, or is inconsistent.
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
    /// This machine has not seen the store, and the caller requires that it has.
    #[error("this machine has no anchor of the store")]
    AnchorMissing,
    /// The file has a different history than this machine has seen.
    #[error("the store has another history than this machine has seen: {0}")]
    Fork(String),
    /// The log is shorter than an external witness has recorded.
    #[error("the log ends at entry {last}, and a witness has seen entry {seen}")]
    LogCut {
        /// The newest entry.
        last: u64,
        /// The entry that the witness has recorded.
        seen: u64,
    },
    /// The log differs from the one an external witness has recorded.
    #[error("entry {0} of the log, or one before it, is not what a witness has seen")]
    LogDiffers(u64),
    /// Another store is at a path where this machine knew one, or the anchor belongs to another
    /// store.
    #[error("another store was put here: {0}")]
    Substituted(String),
    /// An error of the backend: busy, read-only, full, unsafe, corrupt, newer format.
    #[error(transparent)]
    Storage(Fault),
    /// The anchor cannot be written, so nothing was changed.
    #[error("the anchor `{}` cannot be written, so nothing was changed", path.display())]
    AnchorUnwritable {
        /// The anchor's file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The clock is behind the latest time that the store has seen.
    #[error("the clock is {behind} seconds behind the store's last change")]
    Clock {
        /// By how many seconds.
        behind: i64,
    },
    /// The sink holds something other than a hallpass secret, which is replaced only on explicit
    /// request.
    #[error("{0} holds something that is not a secret of hallpass, and it is not replaced")]
    Occupied(String),
    /// A generated secret could not be delivered; it is not valid.
    #[error("the secret could not be delivered, so it is not valid{}", revoked(*.token))]
    Undelivered {
        /// The token that was revoked, if one had been committed.
        token: Option<TokenId>,
        /// The sink's error.
        source: io::Error,
    },
    /// A secret could not be delivered, and its token could not be revoked either.
    #[error("token `{token}` could not be delivered and is still valid")]
    StillValid {
        /// The token.
        token: TokenId,
        /// Why it could not be revoked.
        source: Box<Error>,
    },
    /// A generated password could not be delivered, and the old one could not be restored.
    #[error(
        "the new password of profile `{profile}` could not be delivered and is set all the same"
    )]
    StillSet {
        /// The profile.
        profile: ProfileName,
        /// Why the old password could not be restored.
        source: Box<Error>,
    },
    /// Ends an operation early: the reader of a list has closed it, or a change is only a
    /// rehearsal.
    #[error("this was not carried to its end")]
    Stopped,
    /// A passphrase or password could not be stretched.
    #[error(transparent)]
    Kdf(KdfError),
    /// The operating system returned no random bytes.
    #[error("the operating system gives no random bytes")]
    NoRandomness,
    /// A file that is not part of the store could not be read or written.
    #[error("`{}`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A message was not accepted by the mail transport, or its outcome is unknown.
    #[error("{}", .0.in_short())]
    NotSent(#[source] SendFailure),
    /// One of several things that are applied together, and its error.
    #[error("{what}")]
    Part {
        /// The thing: "token `ci/deploy`".
        what: String,
        /// Its error.
        source: Box<Error>,
    },
    /// Errors of several declared things, in the order in which they were found.
    #[error("{} things that are declared are wrong", .0.len())]
    Parts(Vec<Error>),
    /// Another process is maintaining the whole store.
    #[error("another `apply`, or a restore, is at work on the store")]
    AtWork,
    /// The store has changed since the change was previewed.
    #[error("the store, or a place, was changed meanwhile, so nothing was done")]
    Moved,
    /// A state that the program must never reach.
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
    /// The coarse kind of this error.
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
