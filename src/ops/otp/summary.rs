//! A verification code as it is shown: never its digits.

use serde::Serialize;

use crate::error::Result;
use crate::model::email::EmailAddress;
use crate::model::id::{CodeId, TokenId};
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName};
use crate::model::otp::{CodeEnd, CodeRecord, CodeState, Ending};
use crate::model::text::Device;
use crate::model::time::Time;
use crate::ops::records::code::{Bound, CodeClocks};

/// A code, as it is shown: never its digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its id.
    pub id: CodeId,
    /// Who asked.
    pub profile: ProfileName,
    /// For which connection.
    pub connection: ConnectionName,
    /// In which environment.
    pub environment: EnvironmentName,
    /// For which device.
    pub device: Option<Device>,
    /// Where it was mailed.
    pub sent_to: EmailAddress,
    /// What has become of it.
    pub state: CodeState,
    /// Where its mail is: `queued`, `sent`, `outbox`, `failed` or `uncertain`.
    pub delivery: &'static str,
    /// Why its mail has not left, or may not have.
    pub cause: Option<String>,
    /// How often it was tried.
    pub tries: u32,
    /// When it was made.
    pub created_at: Time,
    /// When it ends, or would have.
    pub expires_at: Time,
    /// When it ended before its time.
    pub ended_at: Option<Time>,
    /// The token it was exchanged for.
    pub token: Option<TokenId>,
}

/// What a code's binding is called.
pub(super) struct BindingNames<'a> {
    pub(super) profile: &'a ProfileName,
    pub(super) connection: &'a ConnectionName,
    pub(super) environment: &'a EnvironmentName,
}

/// A code of this binding, as it is shown.
pub(super) fn summary(bound: &Bound, code: &CodeRecord, clocks: CodeClocks) -> Result<Summary> {
    let names = BindingNames {
        profile: bound.profile_name()?,
        connection: &bound.connection.1.name,
        environment: &bound.environment.1.name,
    };
    Ok(summary_of(code, &names, clocks))
}

/// A code whose binding is called so, as it is shown.
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
