//! `hallpass profile suspend`.

use hallpass::ops;
use hallpass::ops::profile::{self, Summary};

use crate::cli::profile::Suspend;
use crate::commands::consequence::Consequence;
use crate::commands::outcome;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Suspends a profile.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Suspend) -> Result<(), Failure> {
    let Suspend {
        name,
        suspension,
        dry_run,
    } = args;
    let core = session.core(ui)?;
    // Fixed before the question, so that the time that is confirmed is the time that is set.
    let how = ops::Suspend::from(suspension).fixed(core.now())?;
    let (previewed, impact) = profile::preview_suspend(core, &name, &how)?;
    let until = end(&previewed.summary);
    let consequence = Consequence::new(&format!("suspending profile `{name}`{until}"), impact);
    if dry_run {
        return consequence.show(ui);
    }
    consequence.confirm(ui, "Suspend it?")?;
    let changed = profile::suspend(session.core(ui)?, &name, &how)?;
    let until = end(&changed.summary);
    outcome::changed(
        ui,
        &format!("profile `{name}` is suspended{until}"),
        &changed,
    )
}

/// Returns the end of the suspension: one that was set before, if the flags name none.
fn end(profile: &Summary) -> String {
    let until = profile.suspended.as_ref().and_then(|it| it.until);
    until
        .map(|until| format!(" until {until}"))
        .unwrap_or_default()
}
