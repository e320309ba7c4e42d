//! Walkthroughs, and the list of ready-made ones.

use hallpass::model::guide::Template;
use hallpass::ops::connection::Walkthrough;
use serde::Serialize;

use crate::output::{Column, View, optional};

impl View for Walkthrough {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("connection", |it| it.connection.to_string()),
        Column::listed("template", |it| optional(it.template.as_ref())),
        Column::listed("guide", |it| it.guide.clone()),
    ];
    const NONE: &'static str = "no guide";
}

/// A ready-made walkthrough in a list.
#[derive(Debug, Serialize)]
pub(crate) struct ReadyMade {
    template: Template,
    about: &'static str,
}

impl From<Template> for ReadyMade {
    fn from(template: Template) -> Self {
        Self {
            template,
            about: template.about(),
        }
    }
}

impl View for ReadyMade {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("template", |it| it.template.to_string()),
        Column::listed("about", |it| it.about.to_owned()),
    ];
    const NONE: &'static str = "no guides";
}
