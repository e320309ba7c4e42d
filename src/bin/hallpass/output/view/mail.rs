//! Mail settings, and a test mail that was accepted.

use hallpass::ops::mail::{Summary, Tested};
use hallpass::ops::outbox::Sent;

use crate::output::{Column, View, flag, optional};

impl View for Summary {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("environment", |it| optional(it.environment.as_ref())),
        Column::listed("transport", |it| it.transport.to_string()),
        Column::listed("security", |it| optional(it.security.as_ref())),
        Column::listed("from", |it| it.from.to_string()),
        Column::listed("has_password", |it| flag(it.has_password)),
        Column::detail("authorities", |it| it.authorities.to_string()),
        Column::detail("updated_at", |it| it.updated_at.to_string()),
    ];
    const NONE: &'static str = "mail is not configured";
}

impl View for Sent {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("sent", |it| it.sent.to_string()),
        Column::listed("waiting", |it| it.waiting.to_string()),
        Column::listed("failed", |it| it.failed.to_string()),
        Column::listed("uncertain", |it| it.uncertain.to_string()),
    ];
    const NONE: &'static str = "no messages";
}

impl View for Tested {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("to", |it| it.to.to_string()),
        Column::listed("environment", |it| optional(it.environment.as_ref())),
        Column::listed("transport", |it| it.transport.to_string()),
        Column::listed("answer", |it| optional(it.answer.as_ref())),
    ];
    const NONE: &'static str = "no test message";
}
