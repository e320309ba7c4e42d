//! A finding.

use hallpass::ops::review::Finding;

use super::super::{Column, View};

impl View for Finding {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("severity", |it: &Self| it.severity.to_string()).whole(),
        Column::listed("subject", |it| {
            format!("{} {}", it.subject.kind, it.subject.name)
        }),
        Column::listed("message", |it| it.message.clone()),
        Column::listed("command", |it: &Self| it.command.to_string()).whole(),
        Column::detail("id", |it| it.id.word().to_owned()),
    ];
    const NONE: &'static str = "no findings";

    fn sentence(&self) -> Option<String> {
        let Self {
            severity,
            subject,
            message,
            command,
            ..
        } = self;
        let kind = subject.kind;
        let name = &subject.name;
        Some(format!(
            "{severity:<6}  {kind} {name}: {message}\n        {command}"
        ))
    }
}
