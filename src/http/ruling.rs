//! What a verdict means for a request.

use super::identity::Identity;
use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::model::verdict::Reason;
use crate::ops::verify::{ProfileVerdict, Verdict};

/// A verdict, and who it is about.
#[derive(Debug)]
pub(super) struct Ruling {
    /// Why not, or `valid`.
    pub(super) reason: Reason,
    /// Who the client is.
    pub(super) identity: Identity,
}

/// What a reason means to a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// The request may pass.
    Passes,
    /// The credential is valid, but not for this: 403.
    Forbidden,
    /// The credential is not valid anywhere: 401, one answer for all reasons.
    Unauthorized,
}

impl Standing {
    /// What this reason means.
    pub(super) fn of(reason: Reason) -> Self {
        match reason {
            Reason::Valid => Self::Passes,
            Reason::Malformed
            | Reason::Unknown
            | Reason::Revoked
            | Reason::Expired
            | Reason::TokenSuspended
            | Reason::ProfileSuspended => Self::Unauthorized,
            Reason::WrongConnection
            | Reason::NotAMember
            | Reason::WrongEnvironment
            | Reason::WrongDevice
            | Reason::ConnectionBlocked
            | Reason::AddressNotAllowed => Self::Forbidden,
        }
    }
}

impl Ruling {
    /// The verdict on a token.
    pub(super) fn on_token(verdict: Verdict, parameters: &Parameters) -> Self {
        Self {
            reason: verdict.reason,
            identity: Identity::of_token(verdict, parameters),
        }
    }

    /// The verdict on a profile that proved to know its password.
    pub(super) fn on_profile(verdict: ProfileVerdict, parameters: &Parameters) -> Self {
        Self {
            reason: verdict.reason,
            identity: Identity::of_profile(verdict, parameters),
        }
    }

    /// Who passes, or why not.
    pub(super) fn settle(self) -> Result<Identity, Refusal> {
        let Self { reason, identity } = self;
        let facts = |identity: Identity| identity.into_facts(reason.word());
        match Standing::of(reason) {
            Standing::Passes => Ok(identity),
            Standing::Forbidden => Err(Refusal::Binding(facts(identity))),
            Standing::Unauthorized => Err(Refusal::Credential(facts(identity))),
        }
    }
}
