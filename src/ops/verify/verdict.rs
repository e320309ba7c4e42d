//! The request to verify a token, and the answer.

use serde::Serialize;

use super::due::RecordUse;
use crate::model::id::TokenId;
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName, TokenName};
use crate::model::text::Device;
use crate::model::time::Time;
use crate::model::verdict::{Caller, ExplainedCheck, Reason, explain_unverified};

/// The use to verify a token for. Only what is set is checked.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The connection it is used for.
    pub connection: Option<ConnectionName>,
    /// The environment it is used in.
    pub environment: Option<EnvironmentName>,
    /// The device it is used on.
    pub device: Option<Device>,
    /// Where the caller is.
    pub caller: Caller,
}

/// The token that a verdict is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// Its public id.
    pub id: TokenId,
    /// Its name within the profile.
    pub name: TokenName,
}

/// The verdict on a token. All but the first three fields are `None` when it is malformed or
/// unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Whether it is valid.
    pub valid: bool,
    /// Why not, or `valid`.
    pub reason: Reason,
    /// The exit code of the reason.
    pub exit: u8,
    /// The token.
    pub token: Option<Judged>,
    /// Its profile; `None` once that is deleted.
    pub profile: Option<ProfileName>,
    /// The connection it is bound to.
    pub connection: Option<ConnectionName>,
    /// The environment it is for.
    pub environment: Option<EnvironmentName>,
    /// The device it is bound to.
    pub device: Option<Device>,
    /// When it expires.
    pub expires_at: Option<Time>,
    /// The record of its use that is due.
    #[serde(skip)]
    pub(super) due: Option<RecordUse>,
}

impl Verdict {
    /// The verdict on text that is not a token.
    pub fn malformed() -> Self {
        Self::nothing(Reason::Malformed)
    }

    /// What has to be recorded about this use, if anything: for callers that record several uses
    /// together.
    pub fn record_use(&self) -> Option<&RecordUse> {
        self.due.as_ref()
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

/// A verdict with its explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// The verdict.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Every check, in the order in which they are made. The first that fails is the reason of the
    /// verdict.
    pub checks: [ExplainedCheck; 13],
}

impl Explained {
    /// The explanation of the verdict on text that is not a token.
    pub fn malformed() -> Self {
        let verdict = Verdict::malformed();
        Self {
            checks: explain_unverified(verdict.reason),
            verdict,
        }
    }
}
