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
use crate::model::name::{ProfileName, TokenName};
use crate::model::time::Time;

mod dependents;
mod history;
mod refusal;
mod subject;

pub use dependents::{Dependent, Dependents};
pub use history::History;
pub use refusal::Refusal;
pub use subject::{Existing, Subject};

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
    /// What was named is not there.
    #[error("no {0}")]
    NotFound(Subject),
    /// What was to be made is there already, or cannot be made twice.
    #[error(transparent)]
    Exists(#[from] Existing),
    /// Another call is delivering a token of that name.
    #[error(
        "another call is delivering token `{token}`; if that call was killed, the name is free at {until}"
    )]
    Delivering {
        /// Which.
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
    #[error("the key file does not match: {0}")]
    KeyFile(&'static str),
    /// Too many attempts.
    #[error("too many failed attempts; try again after {0}")]
    Throttled(Time),
    /// The minimum interval between codes has not passed.
    #[error("too many codes were requested; request another after {0}")]
    TooSoon(Time),
    /// Too many failed attempts in a row; only an operator can unlock the profile.
    #[error("sign-in of profile `{0}` is locked after too many failed attempts")]
    Locked(ProfileName),
    /// Sealed data does not authenticate, or is inconsistent.
    #[error("the store is damaged or was tampered with: {0}")]
    Integrity(String),
    /// The store has another past than this machine, or a witness, has seen.
    #[error(transparent)]
    History(#[from] History),
    /// An error of the backend: busy, read-only, full, unsafe, corrupt, newer format.
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
    /// The clock is behind the latest time that the store has seen.
    #[error("the clock is {behind} seconds behind the store's last change")]
    Clock {
        /// By how many seconds.
        behind: i64,
    },
    /// The sink holds something other than a hallpass secret, which is replaced only on explicit
    /// request.
    #[error("{0} holds something other than a hallpass secret, and is not overwritten")]
    Occupied(String),
    /// A generated secret could not be delivered; it is not valid.
    #[error("the secret could not be delivered, so it is not valid{}", revoked(*.token))]
    Undelivered {
        /// The token that was revoked, if one had been committed.
        token: Option<TokenId>,
        /// What the sink said.
        source: io::Error,
    },
    /// A secret could not be delivered, and its token could not be revoked either.
    #[error("token `{token}` could not be delivered and is still valid")]
    StillValid {
        /// Which token.
        token: TokenId,
        /// Why it could not be revoked.
        source: Box<Error>,
    },
    /// A generated password could not be delivered, and the old one could not be restored.
    #[error("the new password of profile `{profile}` could not be delivered, but is set")]
    StillSet {
        /// Whose.
        profile: ProfileName,
        /// Why the old one could not be put back.
        source: Box<Error>,
    },
    /// Ends an operation early: the reader of a list has closed it, or a change is only a
    /// rehearsal.
    #[error("the operation was not completed")]
    Stopped,
    /// A passphrase or password could not be stretched.
    #[error(transparent)]
    Kdf(KdfError),
    /// The operating system returned no random bytes.
    #[error("the operating system provides no random bytes")]
    NoRandomness,
    /// A file that is not part of the store could not be read or written.
    #[error("`{}`", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A message was not accepted by the mail transport, or its outcome is unknown.
    #[error("{}", .0.brief())]
    NotSent(#[source] SendFailure),
    /// One of several things that are applied together, and its error.
    #[error("{what}")]
    Part {
        /// The thing: "token `ci/deploy`".
        what: String,
        /// What is wrong.
        source: Box<Error>,
    },
    /// Errors of several declared things, in the order in which they were found.
    #[error("the declaration has {} errors", .0.len())]
    Parts(Vec<Error>),
    /// Another process is maintaining the whole store.
    #[error("another `apply`, or a restore, is running on the store")]
    AtWork,
    /// The store cannot be replaced as a whole, since another process has it open.
    #[error("another process has the store open, like `hallpass serve`")]
    InUse,
    /// The store has changed since the change was previewed.
    #[error("the store, or a sink, changed meanwhile, so nothing was done")]
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
                Self::NotFound(Subject::File(path))
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
            Self::NotFound(_) => Kind::NotFound,
            Self::Exists(_) => Kind::Exists,
            Self::Refused(_) => Kind::Refused,
            Self::WrongKey | Self::KeyFile(_) => Kind::WrongKey,
            Self::Throttled(_) | Self::TooSoon(_) | Self::Locked(_) => Kind::Throttled,
            Self::Delivering { .. } | Self::AtWork | Self::InUse | Self::Moved => Kind::Busy,
            Self::Integrity(_) => Kind::Integrity,
            Self::History(history) => history.kind(),
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
