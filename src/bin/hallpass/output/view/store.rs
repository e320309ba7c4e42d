//! The store as a whole.

use hallpass::barrier::{Report, SlotSummary};
use hallpass::ops::store::{Copied, Info, MayRevive, Restored};

use crate::output::{Column, View, excess, optional};

impl View for Info {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("store", |it| it.store.clone()),
        Column::listed("id", |it| it.id.clone()),
        Column::listed("format", |it| it.format.to_string()),
        Column::listed("server", |it| optional(it.server.as_ref())),
        Column::listed("role", |it| optional(it.role.as_ref())),
        Column::listed("excess_rights", |it| excess(it.excess_rights.as_deref())),
        Column::listed("writable", |it| it.writable.to_string()),
        Column::listed("epoch", |it| it.census.epoch.to_string()),
        Column::listed("profiles", |it| it.census.profiles.to_string()),
        Column::listed("connections", |it| it.census.connections.to_string()),
        Column::listed("environments", |it| it.census.environments.to_string()),
        Column::listed("records", |it| it.census.records.to_string()),
        Column::listed("audit_rows", |it| it.census.audit_rows.to_string()),
        Column::listed("changed_at", |it| it.census.changed_at.to_string()),
        Column::listed("anchor", |it| {
            optional(it.anchor.as_ref().map(|it| it.display()).as_ref())
        }),
        Column::listed("moved_to", |it| optional(it.moved_to.as_ref())),
        Column::listed("keys", |it| it.keys.len().to_string()),
    ];
    const NONE: &'static str = "no store";
}

impl View for Report {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("epoch", |it| it.epoch.to_string()),
        Column::listed("records", |it| it.records.to_string()),
        Column::listed("entries", |it| it.entries.to_string()),
        Column::listed("audit_rows", |it| it.audit_rows.to_string()),
    ];
    const NONE: &'static str = "nothing checked";
}

impl View for Copied {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("from", |it| it.from.clone()),
        Column::listed("to", |it| it.to.clone()),
        Column::listed("source", |it| it.source.word().to_owned()),
        Column::listed("begun", |it| it.begun.word().to_owned()),
        Column::listed("epoch", |it| it.report.epoch.to_string()),
        Column::listed("records", |it| it.report.records.to_string()),
        Column::listed("entries", |it| it.report.entries.to_string()),
        Column::listed("audit_rows", |it| it.report.audit_rows.to_string()),
    ];
    const NONE: &'static str = "nothing copied";
}

impl View for Restored {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("epoch", |it| it.report.epoch.to_string()),
        Column::listed("records", |it| it.report.records.to_string()),
        Column::listed("entries", |it| it.report.entries.to_string()),
        Column::listed("audit_rows", |it| it.report.audit_rows.to_string()),
        Column::listed("revoked_again", |it| it.carried.revoked_again.to_string()),
        Column::listed("ended_again", |it| it.carried.ended_again.to_string()),
        Column::listed("passwords_cleared", |it| {
            it.carried.passwords_cleared.to_string()
        }),
        Column::listed("may_revive", |it| may_revive(&it.carried.may_revive)),
    ];
    const NONE: &'static str = "nothing restored";
}

impl View for SlotSummary {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("id", |it| it.id.clone()),
        Column::listed("kind", |it| it.kind.word().to_owned()),
        Column::listed("created_at", |it| it.created_at.to_string()),
        Column::listed("in_use", |it| yes(it.in_use)),
        Column::listed("weak", |it| yes(it.weak)),
    ];
    const NONE: &'static str = "no keys";
}

/// Formats each as `KIND NAME WHAT`; the store has no name.
pub(crate) fn may_revive(items: &[MayRevive]) -> String {
    let one = |it: &MayRevive| {
        let words = [it.doubt.kind(), &it.name, it.doubt.word()];
        words
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    };
    items.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn yes(it: bool) -> String {
    if it { "yes".to_owned() } else { String::new() }
}
