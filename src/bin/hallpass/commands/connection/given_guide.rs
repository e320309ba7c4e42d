//! The walkthrough that `add` and `edit` set.

use hallpass::files::trust::INSTRUCTIONS;
use hallpass::model::guide::Template;
use hallpass::model::text::Guide;
use hallpass::ops::connection;

use crate::cli::input::Input;
use crate::failure::Failure;
use crate::ui::Ui;

/// Returns the guide that the flags name: a text from a file, or a ready-made one.
pub(super) fn given(
    ui: &mut Ui,
    file: Option<&Input>,
    template: Option<Template>,
) -> Result<Option<Guide>, Failure> {
    match (file, template) {
        (Some(from), _) => Ok(Some(
            ui.read(from, "the guide", INSTRUCTIONS)?
                .expose()
                .parse::<Guide>()?,
        )),
        (None, Some(template)) => Ok(Some(connection::template(template)?)),
        (None, None) => Ok(None),
    }
}
