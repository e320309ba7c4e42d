//! `hallpass store accept`.

use hallpass::barrier::Acceptance;
use hallpass::error::Refusal;
use hallpass::ops::{Core, store};
use hallpass::{Error, Kind};
use serde::Serialize;

use crate::cli::store::Accept;
use crate::failure::Failure;
use crate::output::{Column, View, optional};
use crate::session::Session;
use crate::ui::Ui;

/// What is accepted, and what followed.
#[derive(Serialize)]
struct Outcome {
    accepted: &'static str,
    finding: String,
    /// Tokens and profiles that were known to have ended; none are counted beforehand.
    revoked_again: Option<u64>,
}

impl View for Outcome {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("accepted", |it| it.accepted.to_owned()),
        Column::listed("finding", |it| it.finding.clone()),
        Column::listed("revoked_again", |it| optional(it.revoked_again.as_ref())),
    ];
    const NONE: &'static str = "nothing to accept";
}

/// Goes on with a store that was refused, after saying what was found.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: &Accept) -> Result<(), Failure> {
    let Accept { rollback, fork: _, clock, dry_run } = args;
    let what = match (rollback, clock) {
        (true, _) => Acceptance::Rollback,
        (_, true) => Acceptance::Clock,
        _ => Acceptance::Fork,
    };
    let core = session.core(ui)?;
    let found = finding(core, what)?;
    let consequence = format!("{found}\naccepting it goes into the log");
    let mut accepted = Outcome { accepted: what.word(), finding: found, revoked_again: None };
    if *dry_run {
        return ui.foresee(&consequence, &accepted);
    }
    ui.confirm(&consequence, "Go on with this store?")?;
    let again = store::accept(core, what)?;
    accepted.revoked_again = Some(again);
    ui.record(&accepted)?;
    ui.note(format!("accepted; revoked again: {again} tokens and profiles"));
    Ok(())
}

/// What there is to accept, in the words of the refusal.
fn finding(core: &mut Core, what: Acceptance) -> Result<String, Failure> {
    let nothing = || {
        Failure::from(Error::from(Refusal::State("there is nothing of the kind to accept".into())))
    };
    if what == Acceptance::Clock {
        let behind = store::clock_behind(core)?;
        return behind
            .map(|seconds| Error::Clock { behind: seconds }.to_string())
            .ok_or_else(nothing);
    }
    let error = match core.read(|_| Ok(())) {
        Ok(()) => return Err(nothing()),
        Err(error) => error,
    };
    match (error.kind(), what) {
        (Kind::Rollback, Acceptance::Rollback)
        | (Kind::Fork | Kind::Substituted, Acceptance::Fork) => Ok(error.to_string()),
        _ => Err(error.into()),
    }
}
