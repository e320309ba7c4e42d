//! A change of a plan.

use std::collections::BTreeMap;

use hallpass::ops::apply::Step;

use super::super::{Column, View};

impl View for Step {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("action", |it: &Self| it.action.clone()).whole(),
        Column::listed("kind", |it: &Self| it.kind.clone()).whole(),
        Column::listed("name", |it| it.name.clone()),
        Column::listed("details", |it| details(&it.details)),
    ];
    const NONE: &'static str = "everything is as declared";

    fn sentence(&self) -> Option<String> {
        let Self {
            action,
            kind,
            name,
            details: facts,
            ..
        } = self;
        let mark = match action.as_str() {
            "add" | "import" => '+',
            "delete" | "revoke" => '-',
            _ => '~',
        };
        let facts = details(facts);
        let facts = if facts.is_empty() {
            facts
        } else {
            format!("  {facts}")
        };
        Some(format!("{mark} {action} {kind} {name}{facts}"))
    }
}

/// Formats properties in one line; a changed one with both its values.
fn details(facts: &BTreeMap<String, String>) -> String {
    let shown = facts.iter().filter_map(|(name, value)| {
        if let Some(name) = name.strip_suffix(".after") {
            let before = facts
                .get(&format!("{name}.before"))
                .map_or("", String::as_str);
            return Some(format!("{name}: {} -> {}", some(before), some(value)));
        }
        (!name.ends_with(".before")).then(|| format!("{name}: {value}"))
    });
    shown.collect::<Vec<_>>().join("; ")
}

fn some(value: &str) -> &str {
    if value.is_empty() { "none" } else { value }
}
