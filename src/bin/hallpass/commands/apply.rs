//! `hallpass apply`.

use hallpass::Kind;
use hallpass::ops::apply::{self, Declaration, Plan, Undeclared};

use super::consequence::Consequence;
use crate::cli::declaration::Apply;
use crate::declaration::{DeclarationFile, Declared, SinkOptions};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::View as _;
use crate::session::Session;
use crate::terminal::Interrupt;
use crate::ui::Ui;

/// Applies a declaration file, or shows what it would change.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Apply) -> Result<Exit, Failure> {
    let Apply {
        file,
        plan: only_plan,
        prune,
        format,
        sink_timeout,
        overwrite,
    } = args;
    let umask = ui.secrets().umask();
    let around = SinkOptions {
        patience: sink_timeout,
        overwrite,
        umask,
    };
    let read = DeclarationFile::read(ui, &file, format)?.declaration(ui, &around);
    if prune && read.is_empty && read.wrong.is_empty() {
        let message = "the declaration is empty, so `--prune` would remove everything";
        return Err(
            Failure::usage(message).advice("declare the default environment if that is intended")
        );
    }
    let undeclared = if prune {
        Undeclared::Remove
    } else {
        Undeclared::Keep
    };
    let (mut declared, plan) = planned(ui, session, read, undeclared)?;
    if only_plan {
        return show_plan(ui, &plan);
    }
    let consequence = consequence(&plan);
    if plan.needs_consent() {
        consequence.confirm(ui, "Apply?")?;
    }
    let core = session.core(ui)?;
    let bar = ui.progress("delivering");
    let interrupt = Interrupt::watch();
    apply::apply(core, &mut declared, &plan, &mut |done, total| {
        bar.at(done, total);
        interrupt.ensure_none()
    })?;
    drop((interrupt, bar));
    consequence.warn(ui);
    ui.print_one_by_one(&plan, &plan.changes)?;
    match plan.changes.len() {
        0 => {}
        1 => ui.note("1 change was made"),
        several => ui.note(format!("{several} changes were made")),
    }
    Ok(Exit::DONE)
}

/// Prints what would change; the exit code is that of findings if anything would.
fn show_plan(ui: &mut Ui, plan: &Plan) -> Result<Exit, Failure> {
    ui.print_one_by_one(plan, &plan.changes)?;
    if plan.needs_consent() {
        ui.note(consequence(plan).words());
    }
    if plan.is_empty() {
        return Ok(Exit::DONE);
    }
    ui.note("nothing was changed");
    Ok(Exit::from(Kind::Findings))
}

/// Plans the declaration. Collects all errors in it, in the order of the file.
fn planned(
    ui: &mut Ui,
    session: &mut Session,
    read: Declared,
    undeclared: Undeclared,
) -> Result<(Declaration, Plan), Failure> {
    let Declared {
        mut declaration,
        is_empty: _,
        mut wrong,
    } = read;
    if wrong.is_empty() {
        session.core(ui)?;
    } else {
        // What the store's rules object to in the rest is added only if the store opens without a
        // question.
        let _ = session.open_unasked(ui);
    }
    let refused = match session.opened() {
        None => None,
        Some(core) => match apply::plan(core, &mut declaration, undeclared) {
            Ok(plan) if wrong.is_empty() => return Ok((declaration, plan)),
            Ok(_) => None,
            Err(error) => wrong.refused(error).err(),
        },
    };
    // A store that cannot be read is the answer only where the file itself is valid.
    match (wrong.into_failure(), refused) {
        (Some(failure), _) => Err(failure),
        (None, Some(error)) => Err(error.into()),
        (None, None) => Err(Failure::new(
            Kind::Bug,
            "nothing is wrong, and there is no plan",
        )),
    }
}

/// Describes what stops, and what else is changed or deleted.
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

/// How many changes a confirmation lists.
const NAMED: usize = 20;
