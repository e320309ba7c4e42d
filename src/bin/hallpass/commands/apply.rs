//! `hallpass apply`.

use hallpass::Kind;
use hallpass::ops::apply::{self, Plan, Undeclared};

use super::consequence::Consequence;
use crate::cli::provision::Apply;
use crate::failure::{Exit, Failure};
use crate::prompt::Interrupt;
use crate::provision::{Sheet, Surroundings};
use crate::session::Session;
use crate::ui::Ui;

/// Brings about what a file declares, or shows what that would change.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Apply) -> Result<Exit, Failure> {
    let Apply { file, plan: only_plan, prune, format, sink_timeout } = args;
    let around = Surroundings { patience: sink_timeout, umask: ui.secrets().umask() };
    let mut declared = Sheet::read(ui, &file, format)?.declaration(ui, &around)?;
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
    Ok(Exit::DONE)
}

/// What goes and what stops.
fn consequence(plan: &Plan) -> Consequence {
    let stops = plan.stops.clone();
    let mut consequence = Consequence::new("applying the declaration", stops).shown_by("--plan");
    for step in plan.changes.iter().filter(|step| step.takes_away()) {
        consequence = consequence.and(format!("{} {} `{}`", step.action, step.kind, step.name));
    }
    consequence
}
