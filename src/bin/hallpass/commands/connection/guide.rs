//! `hallpass connection guide`.

use hallpass::model::guide::Template;
use hallpass::ops::connection::{Names, Walkthrough, Wanted, walkthrough};

use crate::cli::connection::Guide;
use crate::failure::Failure;
use crate::output::view::ReadyMade;
use crate::session::Session;
use crate::ui::Ui;

/// Shows a walkthrough, rendered or as Markdown; or lists the ready-made ones.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Guide) -> Result<(), Failure> {
    let Guide {
        name,
        template,
        environment,
        profile,
        url,
        raw,
        list,
    } = args;
    let Some(connection) = name.filter(|_| !list) else {
        return ui.list(&Template::ALL.map(ReadyMade::from));
    };
    let names = if raw { Names::Open } else { Names::FilledIn };
    let wanted = Wanted {
        connection,
        template,
        environment,
        profile,
        url,
        names,
    };
    let shown = walkthrough(session.core(ui)?, &wanted)?;
    if template.is_none() && shown.template.is_some() {
        ui.note(general(&shown));
    }
    ui.document(&shown, &shown.guide)
}

fn general(shown: &Walkthrough) -> String {
    format!(
        "connection `{0}` has no guide of its own, so this is the one for an HTTP API; \
         `hallpass connection guide --list` lists others, `hallpass connection edit {0} --guide …` sets one",
        shown.connection
    )
}
