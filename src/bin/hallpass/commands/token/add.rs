//! `hallpass token add`.

use hallpass::files::trust::SECRET;
use hallpass::ops::token::{self, Imported, Preset};

use super::draft;
use crate::cli::token::{Add, NewTokenFlags};
use crate::commands::issued;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Issues a token and delivers it.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Add) -> Result<(), Failure> {
    let Add {
        what,
        value_file,
        sha256,
        sink,
    } = args;
    let preset = match (value_file, sha256) {
        (Some(file), _) => Some(Preset::Value(ui.read(&file, "the token", SECRET)?)),
        (None, Some(digest)) => Some(Preset::Digest(digest)),
        (None, None) => None,
    };
    if let Some(preset) = preset {
        return import(ui, session, what, &preset);
    }
    let mut outlet = ui.outlet(&sink)?;
    let draft = draft::of(what);
    let new = token::issue(session.core(ui)?, &draft, outlet.delivery())?;
    issued::report(ui, &new, &outlet)
}

fn import(
    ui: &mut Ui,
    session: &mut Session,
    what: NewTokenFlags,
    preset: &Preset,
) -> Result<(), Failure> {
    let Imported { summary, assumed } = token::import(session.core(ui)?, &draft::of(what), preset)?;
    issued::describe(ui, &summary, &assumed);
    ui.note("another system issued it; it is valid here from now on");
    ui.without_secret("token", &summary)
}
