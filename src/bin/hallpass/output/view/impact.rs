//! What a change would stop.

use hallpass::ops::impact::{Impact, Opening};

use crate::output::{Column, View, flag, joined};

impl View for Impact {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("tokens", |it| it.tokens.to_string()),
        Column::listed("sessions", |it| it.sessions.to_string()),
        Column::listed("examples", |it| joined(&it.examples)),
        Column::listed("partly", |it| it.partly.to_string()),
        Column::listed("password", |it| flag(it.password)),
        Column::listed("partly_examples", |it| joined(&it.partly_examples)),
        Column::listed("codes", |it| it.codes.to_string()),
        Column::listed("wider", |it| it.wider.to_string()),
        Column::listed("wider_examples", |it| joined(&it.wider_examples)),
        Column::listed("opens", |it| opens(&it.opens)),
    ];
    const NONE: &'static str = "nothing stops working";
}

fn opens(openings: &[Opening]) -> String {
    let sentence = |it: &Opening| format!("{} {} {}", it.kind, it.name, it.what);
    openings.iter().map(sentence).collect::<Vec<_>>().join("; ")
}
