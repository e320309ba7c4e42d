//! What is asked of a token, and the answer.

use std::net::IpAddr;

use serde::Serialize;

use crate::model::id::{RecordId, TokenId};
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName, TokenName};
use crate::model::text::Device;
use crate::model::time::Time;
use crate::model::verdict::Reason;

/// What a token is asked to be good for. What is not named is not checked.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The connection it is used for.
    pub connection: Option<ConnectionName>,
    /// The environment it is used in.
    pub environment: Option<EnvironmentName>,
    /// The device it is used on.
    pub device: Option<Device>,
    /// Where the caller is.
    pub ip: Option<IpAddr>,
}

/// Which token a verdict is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// Its public id.
    pub id: TokenId,
    /// Its name within the profile.
    pub name: TokenName,
}

/// The answer. All but the first three are `None` when the token is malformed or unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Whether it is good.
    pub valid: bool,
    /// Why not, or `valid`.
    pub reason: Reason,
    /// The exit code of the reason.
    pub exit: u8,
    /// Which token it is.
    pub token: Option<Judged>,
    /// Whose it is; `None` once the profile is deleted.
    pub profile: Option<ProfileName>,
    /// The connection it is bound to.
    pub connection: Option<ConnectionName>,
    /// The environment it is for.
    pub environment: Option<EnvironmentName>,
    /// The device it is bound to.
    pub device: Option<Device>,
    /// When it ends.
    pub expires_at: Option<Time>,
    /// The note of its use that is due.
    #[serde(skip)]
    pub(super) due: Option<Due>,
}

impl Verdict {
    /// The verdict on what is no token at all.
    pub fn malformed() -> Self {
        Self::nothing(Reason::Malformed)
    }

    pub(super) fn nothing(reason: Reason) -> Self {
        Self {
            valid: false,
            reason,
            exit: reason.exit(),
            token: None,
            profile: None,
            connection: None,
            environment: None,
            device: None,
            expires_at: None,
            due: None,
        }
    }
}

/// A note that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// In the token: when it was used, or under which key its MAC is kept.
    Use { record: RecordId, at: Time },
    /// In the log: that an old token was used after its successor had taken its place.
    Late { rotation: RecordId, at: Time },
}
