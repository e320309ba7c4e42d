//! What a change would stop.

use hallpass::ops::impact::Impact;

use crate::output::{Column, View, flag, joined};

impl View for Impact {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("tokens", |it| it.tokens.to_string()),
        Column::listed("examples", |it| joined(&it.examples)),
        Column::listed("partly", |it| it.partly.to_string()),
        Column::listed("password", |it| flag(it.password)),
    ];
    const NONE: &'static str = "nothing stops";
}
