//! `hallpass profile delete`.

use hallpass::ops::profile;

use crate::cli::profile::Delete;
use crate::commands::consequence::Consequence;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Deletes a profile permanently.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: &Delete) -> Result<(), Failure> {
    let Delete { name, dry_run } = args;
    let (gone, impact) = profile::preview_delete(session.core(ui)?, name)?;
    let dormant = gone.tokens.saturating_sub(impact.tokens);
    let mut consequence = Consequence::new(&format!("deleting profile `{name}`"), impact);
    if dormant > 0 {
        let live = if dormant == 1 {
            "live token that is"
        } else {
            "live tokens that are"
        };
        consequence = consequence.and(format!(
            "{dormant} {live} not valid now will never be valid again"
        ));
    }
    let consequence = consequence.and("this is final: its tokens cannot be restored");
    if *dry_run {
        return consequence.show(ui);
    }
    consequence.confirm(ui, "Delete it?")?;
    let gone = profile::delete(session.core(ui)?, name)?;
    ui.note(format!("profile `{name}` is deleted"));
    ui.record(&gone)
}
