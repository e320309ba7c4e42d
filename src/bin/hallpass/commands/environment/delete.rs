//! `hallpass environment delete`.

use hallpass::ops::{environment, mail};

use crate::cli::environment::Delete;
use crate::commands::consequence::Consequence;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Deletes an environment that nothing refers to.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: &Delete) -> Result<(), Failure> {
    let Delete { name, dry_run } = args;
    let (_, impact) = environment::preview_delete(session.core(ui)?, name)?;
    let change = format!("deleting environment `{name}`");
    let consequence =
        Consequence::new(&change, impact).and("its environment key is no longer accepted");
    let consequence = match mail::show(session.core(ui)?)?.of(name) {
        Some(_) => consequence.and("its mail configuration is removed, too"),
        None => consequence,
    };
    if *dry_run {
        return consequence.show(ui);
    }
    consequence.confirm(ui, "Delete it?")?;
    let gone = environment::delete(session.core(ui)?, name)?;
    ui.note(format!("environment `{name}` is deleted"));
    ui.record(&gone)
}
