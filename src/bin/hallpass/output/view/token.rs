//! A token, never its secret.

use hallpass::model::token::Use;
use hallpass::ops::token::Summary;

use super::super::{Column, View, flag, joined, optional};

impl View for Summary {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("id", |it: &Self| it.id.to_string()).whole(),
        Column::listed("profile", |it| optional(it.profile.as_ref())),
        Column::listed("name", |it| it.name.to_string()),
        Column::listed("connection", |it| optional(it.connection.as_ref())),
        Column::detail("environment", |it| it.environment.to_string()),
        Column::detail("device", |it| optional(it.device.as_ref())),
        Column::detail("state", |it| it.state.word().to_owned()),
        Column::listed("effective", |it: &Self| it.effective.to_string()).whole(),
        Column::detail("reason", |it| optional(it.reason.as_ref())),
        Column::detail("allow_ip", |it| joined(&it.allow_ip)),
        Column::detail("created_at", |it| it.created_at.to_string()),
        Column::listed("expires_at", |it: &Self| optional(it.expires_at.as_ref())).whole(),
        Column::detail("last_used_at", |it| optional(it.last_used_at.as_ref())),
        Column::detail("predecessor", |it| optional(it.predecessor.as_ref())),
        Column::detail("successor", |it| optional(it.successor.as_ref())),
        Column::detail("revoked_at", |it| optional(it.revoked_at.as_ref())),
        Column::detail("suspended_until", |it| {
            optional(it.suspended_until.as_ref())
        }),
        Column::detail("predecessor_last_used_at", |it| {
            optional(it.predecessor_last_used_at.as_ref())
        }),
        Column::detail("predecessor_expires_at", |it| {
            optional(it.predecessor_expires_at.as_ref())
        }),
        Column::detail("successor_last_used_at", |it| {
            optional(it.successor_last_used_at.as_ref())
        }),
        Column::detail("used", |it| it.used.word().to_owned()),
        Column::detail("predecessor_used", |it| word(it.predecessor_used)),
        Column::detail("successor_used", |it| word(it.successor_used)),
        Column::detail("imported", |it| flag(it.imported)),
        Column::detail("session", |it| flag(it.session)),
        Column::detail("parent", |it| optional(it.parent.as_ref())),
    ];
    const NONE: &'static str = "no tokens";
}

fn word(used: Option<Use>) -> String {
    used.map(|it| it.word().to_owned()).unwrap_or_default()
}
