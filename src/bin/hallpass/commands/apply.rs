//! `hallpass apply`.

use hallpass::Kind;
use hallpass::ops::apply::{self, Plan, Undeclared};

use super::consequence::Consequence;
use crate::cli::provision::Apply;
use crate::failure::{Exit, Failure};
use crate::output::View as _;
use crate::prompt::Interrupt;
use crate::provision::{Sheet, Surroundings};
use crate::session::Session;
use crate::ui::Ui;

/// Brings about what a file declares, or shows what that would change.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Apply) -> Result<Exit, Failure> {
    let Apply { file, plan: only_plan, prune, format, sink_timeout, overwrite } = args;
    let umask = ui.secrets().umask();
    let around = Surroundings { patience: sink_timeout, overwrite, umask };
    let sheet = Sheet::read(ui, &file, format)?;
    if prune && sheet.is_empty() {
        let message = "nothing is declared, so that `--prune` would remove everything";
        return Err(Failure::usage(message).hint("name the default environment if that is meant"));
    }
    let mut declared = sheet.declaration(ui, &around)?;
    let undeclared = if prune { Undeclared::Remove } else { Undeclared::Keep };
    let core = session.core(ui)?;
    let plan = apply::plan(core, &mut declared, undeclared)?;
    if only_plan {
        ui.told_one_by_one(&plan, &plan.changes)?;
        if plan.needs_consent() {
            ui.note(consequence(&plan).words());
        }
        if !plan.is_empty() {
            ui.note("nothing was changed");
        }
        return Ok(if plan.is_empty() { Exit::DONE } else { Exit(Kind::Findings.exit()) });
    }
    if plan.needs_consent() {
        consequence(&plan).confirm(ui, "Go on?")?;
    }
    let bar = ui.progress("delivering");
    let interrupt = Interrupt::watch();
    apply::apply(core, &mut declared, &plan, &mut |done, total| {
        bar.at(done, total);
        interrupt.ensure_none()
    })?;
    drop((interrupt, bar));
    ui.told_one_by_one(&plan, &plan.changes)?;
    match plan.changes.len() {
        0 => {}
        1 => ui.note("this change was made"),
        several => ui.note(format!("these {several} changes were made")),
    }
    Ok(Exit::DONE)
}

/// What stops, and what else is changed, or goes.
fn consequence(plan: &Plan) -> Consequence {
    let stops = plan.stops.clone();
    let mut consequence = Consequence::new("applying the declaration", stops).shown_by("--plan");
    let changes: Vec<_> = plan.changes.iter().filter(|step| !step.adds()).collect();
    for step in changes.iter().take(NAMED) {
        consequence = consequence.and(step.sentence().unwrap_or_default());
    }
    match changes.len().saturating_sub(NAMED) {
        0 => consequence,
        more => consequence.and(format!("and {more} more changes")),
    }
}

/// How many changes are named before somebody is asked.
const NAMED: usize = 20;
