//! Environments.

use hallpass::ops::environment::Summary;

use crate::output::{Column, View, flag, optional};

impl View for Summary {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("name", |it| it.name.to_string()),
        Column::listed("description", |it| optional(it.description.as_ref())),
        Column::detail("key", |it| it.key.to_string()),
        Column::listed("default", |it| flag(it.default)),
        Column::detail("created_at", |it| it.created_at.to_string()),
    ];
    const NONE: &'static str = "no environments";
}
