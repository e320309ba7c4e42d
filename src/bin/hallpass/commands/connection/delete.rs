//! `hallpass connection delete`.

use hallpass::ops::connection;

use crate::cli::connection::Delete;
use crate::commands::consequence::Consequence;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Deletes a connection that nothing refers to.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: &Delete) -> Result<(), Failure> {
    let Delete { name, dry_run } = args;
    let (_, impact) = connection::preview_delete(session.core(ui)?, name)?;
    let change = format!("deleting connection `{name}`");
    let consequence = Consequence::new(&change, impact).and("its API key is no longer accepted");
    if *dry_run {
        return consequence.show(ui);
    }
    consequence.confirm(ui, "Delete it?")?;
    let gone = connection::delete(session.core(ui)?, name)?;
    ui.note(format!("connection `{name}` is deleted"));
    ui.record(&gone)
}
