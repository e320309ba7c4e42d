//! Profiles.

use hallpass::model::profile::Suspension;
use hallpass::ops::profile::Summary;

use crate::output::{Column, View, flag, joined, optional};

/// In parentheses, which no name contains, so that it cannot be the name of a connection.
const ANY: &str = "(any)";

impl View for Summary {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("name", |it| optional(it.name.as_ref())),
        Column::detail("email", |it| optional(it.email.as_ref())),
        Column::listed("description", |it| optional(it.description.as_ref())),
        Column::listed("groups", |it| joined(&it.groups)),
        Column::listed("connections", |it| {
            it.connections
                .as_ref()
                .map_or_else(|| ANY.to_owned(), |names| joined(names))
        }),
        Column::listed("state", |it| it.state.word().to_owned()),
        Column::detail("suspended_at", |it| suspension(it, |it| Some(it.at))),
        Column::detail("suspended_reason", |it| {
            suspension(it, |it| it.reason.clone())
        }),
        Column::detail("suspended_until", |it| suspension(it, |it| it.until)),
        Column::detail("has_password", |it| flag(it.has_password)),
        Column::listed("tokens", |it| it.tokens.to_string()),
        Column::detail("created_at", |it| it.created_at.to_string()),
        Column::detail("updated_at", |it| it.updated_at.to_string()),
        Column::listed("last_used_at", |it| optional(it.last_used_at.as_ref())),
        Column::detail("failures", |it| it.failures.to_string()),
        Column::detail("password_locked", |it| {
            it.password_lock
                .as_ref()
                .map(|lock| flag(lock.locked))
                .unwrap_or_default()
        }),
        Column::detail("password_locked_until", |it| {
            optional(
                it.password_lock
                    .as_ref()
                    .and_then(|lock| lock.until)
                    .as_ref(),
            )
        }),
    ];
    const NONE: &'static str = "no profiles";
}

fn suspension<T: ToString>(it: &Summary, part: fn(&Suspension) -> Option<T>) -> String {
    optional(it.suspended.as_ref().and_then(part).as_ref())
}
