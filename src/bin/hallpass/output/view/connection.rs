//! Connections.

use hallpass::ops::connection::Summary;

use crate::output::{Column, View, flag, joined, optional};

impl View for Summary {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("name", |it| it.name.to_string()),
        Column::listed("description", |it| optional(it.description.as_ref())),
        Column::detail("api_key", |it| it.api_key.to_string()),
        Column::listed("group", |it| optional(it.group.as_ref())),
        Column::listed("token_lifetime", |it| optional(it.token_lifetime.as_ref())),
        Column::detail("allow_ip", |it| joined(&it.allow_ip)),
        Column::detail("deny_ip", |it| joined(&it.deny_ip)),
        Column::listed("state", |it| it.state.word().to_owned()),
        Column::detail("has_guide", |it| flag(it.has_guide)),
        Column::detail("created_at", |it| it.created_at.to_string()),
        Column::detail("blocked_at", |it| {
            optional(it.blocked.as_ref().map(|it| it.at).as_ref())
        }),
        Column::detail("blocked_reason", |it| {
            optional(it.blocked.as_ref().and_then(|it| it.reason.as_ref()))
        }),
    ];
    const NONE: &'static str = "no connections";
}
