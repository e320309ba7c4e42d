//! The verdict on a token.

use hallpass::model::verdict::{ExplainedCheck, Reason};
use hallpass::ops::verify::Verdict;

use super::super::{Column, View, optional};

impl View for Verdict {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("valid", |it| it.valid.to_string()),
        Column::listed("reason", |it| it.reason.to_string()),
        Column::listed("exit", |it| it.exit.to_string()),
        Column::listed("token", |it| {
            optional(it.token.as_ref().map(|it| it.id).as_ref())
        }),
        Column::listed("name", |it| optional(it.token.as_ref().map(|it| &it.name))),
        Column::listed("profile", |it| optional(it.profile.as_ref())),
        Column::listed("connection", |it| optional(it.connection.as_ref())),
        Column::listed("environment", |it| optional(it.environment.as_ref())),
        Column::listed("device", |it| optional(it.device.as_ref())),
        Column::listed("expires_at", |it| optional(it.expires_at.as_ref())),
    ];
    const NONE: &'static str = "no verdict";

    fn sentence(&self) -> Option<String> {
        Some(format!("{}: {}", self.reason, explanation(self)))
    }
}

impl View for ExplainedCheck {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("check", |it: &Self| it.check.to_string()).whole(),
        Column::listed("result", |it: &Self| it.result.word().to_owned()).whole(),
        Column::listed("expected", |it| optional(it.expected.as_ref())),
        Column::listed("found", |it| optional(it.found.as_ref())),
    ];
    const NONE: &'static str = "no checks";
}

fn explanation(verdict: &Verdict) -> String {
    let Verdict {
        connection,
        environment,
        device,
        expires_at,
        ..
    } = verdict;
    let which = which(verdict);
    let of = |what: &str, name: String| format!("{which} is bound to {what} `{name}`");
    let end = || {
        expires_at.map_or_else(
            || "never expires".to_owned(),
            |end| format!("expires {end}"),
        )
    };
    match verdict.reason {
        Reason::Malformed => "not a token, or mistyped".to_owned(),
        Reason::Unknown => "no such token in this store".to_owned(),
        Reason::Revoked => format!("{which} was revoked"),
        Reason::Expired => format!("{which} expired {}", optional(expires_at.as_ref())),
        Reason::TokenSuspended => format!("{which} is suspended"),
        Reason::ProfileSuspended => format!("the profile of {which} is suspended"),
        Reason::WrongConnection => match connection {
            Some(own) => of("connection", own.to_string()),
            None => format!("the profile of {which} may not use this connection"),
        },
        Reason::NotAMember => format!("the profile of {which} is not in the connection's group"),
        Reason::WrongEnvironment => of("environment", optional(environment.as_ref())),
        Reason::WrongDevice => of("device", optional(device.as_ref())),
        Reason::ConnectionBlocked => format!("the connection of {which} is blocked"),
        Reason::AddressNotAllowed => format!("{which} may not be used from this address"),
        Reason::Valid => format!("{which} {}", end()),
    }
}

/// Formats the token's name and id.
fn which(verdict: &Verdict) -> String {
    match (&verdict.token, &verdict.profile) {
        (Some(token), Some(profile)) => format!("{profile}/{} ({})", token.name, token.id),
        (Some(token), None) => format!("{} ({})", token.name, token.id),
        (None, _) => "the token".to_owned(),
    }
}
