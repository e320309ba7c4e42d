//! Verification codes: sent, listed, refused.

use hallpass::model::email::EmailAddress;
use hallpass::model::id::CodeId;
use hallpass::model::name::{ConnectionName, EnvironmentName, ProfileName};
use hallpass::model::text::Device;
use hallpass::model::time::Time;
use hallpass::ops::otp::{Refused, Requested, Summary, WhyNot};
use serde::Serialize;

use super::super::{Column, View, optional};

/// A code that was sent.
#[derive(Serialize)]
pub(crate) struct CodeSent {
    #[serde(flatten)]
    sent: CodeOf,
    /// Always `null`: a code that is printed is delivered with [`CodeOf`].
    code: (),
}

/// The fields that accompany a code that is printed.
#[derive(Serialize)]
pub(crate) struct CodeOf {
    id: CodeId,
    profile: ProfileName,
    connection: ConnectionName,
    environment: EnvironmentName,
    device: Option<Device>,
    sent_to: EmailAddress,
    delivery: &'static str,
    cause: Option<String>,
    expires_at: Time,
}

impl CodeSent {
    /// Describes the requested code.
    pub(crate) fn new(requested: &Requested) -> Self {
        Self {
            sent: requested.into(),
            code: (),
        }
    }
}

impl From<&Requested> for CodeOf {
    fn from(requested: &Requested) -> Self {
        let Summary {
            id,
            profile,
            connection,
            environment,
            device,
            sent_to,
            delivery,
            cause,
            expires_at,
            ..
        } = requested.summary.clone();
        Self {
            id,
            profile,
            connection,
            environment,
            device,
            sent_to,
            delivery,
            cause,
            expires_at,
        }
    }
}

impl View for CodeOf {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("id", |it: &Self| it.id.to_string()).whole(),
        Column::listed("profile", |it| it.profile.to_string()),
        Column::listed("connection", |it| it.connection.to_string()),
        Column::listed("environment", |it| it.environment.to_string()),
        Column::listed("device", |it| optional(it.device.as_ref())),
        Column::listed("sent_to", |it| it.sent_to.to_string()),
        Column::listed("delivery", |it| it.delivery.to_owned()),
        Column::listed("cause", |it| optional(it.cause.as_ref())),
        Column::listed("expires_at", |it: &Self| it.expires_at.to_string()).whole(),
    ];
    const NONE: &'static str = "no codes";
}

impl View for CodeSent {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("id", |it: &Self| it.sent.id.to_string()).whole(),
        Column::listed("profile", |it| it.sent.profile.to_string()),
        Column::listed("connection", |it| it.sent.connection.to_string()),
        Column::listed("environment", |it| it.sent.environment.to_string()),
        Column::listed("device", |it| optional(it.sent.device.as_ref())),
        Column::listed("sent_to", |it| it.sent.sent_to.to_string()),
        Column::listed("delivery", |it| it.sent.delivery.to_owned()),
        Column::listed("cause", |it| optional(it.sent.cause.as_ref())),
        Column::listed("expires_at", |it: &Self| it.sent.expires_at.to_string()).whole(),
        Column::listed("code", |_| String::new()),
    ];
    const NONE: &'static str = "no codes";
}

impl View for Summary {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::detail("id", |it: &Self| it.id.to_string()).whole(),
        Column::listed("profile", |it| it.profile.to_string()),
        Column::listed("connection", |it| it.connection.to_string()),
        Column::listed("environment", |it| it.environment.to_string()),
        Column::listed("device", |it| optional(it.device.as_ref())),
        Column::listed("sent_to", |it| it.sent_to.to_string()),
        Column::listed("state", |it: &Self| it.state.word().to_owned()).whole(),
        Column::listed("delivery", |it: &Self| it.delivery.to_owned()).whole(),
        Column::listed("cause", |it| optional(it.cause.as_ref())),
        Column::detail("tries", |it| it.tries.to_string()),
        Column::detail("created_at", |it| it.created_at.to_string()),
        Column::listed("expires_at", |it: &Self| it.expires_at.to_string()).whole(),
        Column::detail("ended_at", |it| optional(it.ended_at.as_ref())),
        Column::detail("token", |it| optional(it.token.as_ref())),
    ];
    const NONE: &'static str = "no codes are pending";
}

impl View for Refused {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("valid", |it| it.valid.to_string()),
        Column::listed("reason", |it| it.reason.word().to_owned()),
        Column::listed("exit", |it| it.exit.to_string()),
        Column::listed("profile", |it| it.profile.to_string()),
        Column::listed("connection", |it| it.connection.to_string()),
        Column::listed("environment", |it| optional(it.environment.as_ref())),
    ];
    const NONE: &'static str = "no verdict";

    fn sentence(&self) -> Option<String> {
        Some(explanation(self))
    }
}

/// Explains a refusal to an operator.
pub(crate) fn explanation(refused: &Refused) -> String {
    let why = match refused.reason {
        WhyNot::Malformed => "a code is eight digits; no attempt was spent",
        WhyNot::NoCode => "no code was requested, or not recently",
        WhyNot::WrongCode => "wrong code",
        WhyNot::Expired => "the code has expired",
        WhyNot::Used => "the newest code was used already",
        WhyNot::Cancelled => "the code was cancelled, or never sent",
        WhyNot::Exhausted => "the code had too many attempts",
        _ => "the code is not valid",
    };
    format!("{}: {why}", refused.reason.word())
}
