//! Whether a server can answer.

use hallpass::http::Probe;

use super::super::{Column, View, optional};

impl View for Probe {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("ready", |it| it.ready.to_string()),
        Column::listed("url", |it| it.url.clone()),
        Column::listed("status", |it| optional(it.status.as_ref())),
        Column::listed("cause", |it| optional(it.cause.as_ref())),
    ];
    const NONE: &'static str = "no answer";

    fn sentence(&self) -> Option<String> {
        let url = &self.url;
        Some(match (self.ready, self.status, &self.cause) {
            (true, ..) => "ready".to_owned(),
            (false, Some(status), _) => format!("not ready: {url} answers {status}"),
            (false, None, Some(cause)) => format!("not ready: {url}: {cause}"),
            (false, None, None) => format!("not ready: {url}"),
        })
    }
}
