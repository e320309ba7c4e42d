//! Summaries of verification codes; never their digits.

use serde::Serialize;

use crate::error::Result;
use crate::model::email::EmailAddress;
use crate::model::id::{CodeId, TokenId};
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName};
use crate::model::otp::{CodeEnd, CodeRecord, CodeState, Ending};
use crate::model::text::Device;
use crate::model::time::Time;
use crate::ops::records::code::{Bound, CodeClocks};

/// A code, as displayed; never its digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its id.
    pub id: CodeId,
    /// The profile.
    pub profile: ProfileName,
    /// The connection.
    pub connection: ConnectionName,
    /// The environment.
    pub environment: EnvironmentName,
    /// The device.
    pub device: Option<Device>,
    /// The address it was mailed to.
    pub sent_to: EmailAddress,
    /// Its state.
    pub state: CodeState,
    /// The delivery state of its mail: `queued`, `sent`, `outbox`, `failed` or `uncertain`.
    pub delivery: &'static str,
    /// Why its mail was not sent, or may not have been.
    pub cause: Option<String>,
    /// The number of attempts.
    pub tries: u32,
    /// Time of creation.
    pub created_at: Time,
    /// When it expires, or would have expired.
    pub expires_at: Time,
    /// When it ended early.
    pub ended_at: Option<Time>,
    /// The token it was exchanged for.
    pub token: Option<TokenId>,
}

/// The names of a code's binding.
pub(super) struct BindingNames<'a> {
    pub(super) profile: &'a ProfileName,
    pub(super) connection: &'a ConnectionName,
    pub(super) environment: &'a EnvironmentName,
}

/// The summary of a code of this binding.
pub(super) fn summary(bound: &Bound, code: &CodeRecord, clocks: CodeClocks) -> Result<Summary> {
    let names = BindingNames {
        profile: bound.profile_name()?,
        connection: &bound.connection.1.name,
        environment: &bound.environment.1.name,
    };
    Ok(summary_of(code, &names, clocks))
}

/// The summary of a code whose binding has these names.
pub(super) fn summary_of(
    code: &CodeRecord,
    names: &BindingNames<'_>,
    clocks: CodeClocks,
) -> Summary {
    let token = match code.end {
        Some(CodeEnd {
            how: Ending::Used(token) | Ending::UsedForGood(token),
            ..
        }) => Some(token),
        _ => None,
    };
    Summary {
        id: code.id,
        profile: names.profile.clone(),
        connection: names.connection.clone(),
        environment: names.environment.clone(),
        device: code.device.clone(),
        sent_to: code.sent_to.clone(),
        state: clocks.state(code),
        delivery: code.delivery.word(),
        cause: code.delivery.cause().map(str::to_owned),
        tries: code.tries,
        created_at: code.created_at,
        expires_at: code.expires_at,
        ended_at: code.end.as_ref().map(|end| end.at),
        token,
    }
}
