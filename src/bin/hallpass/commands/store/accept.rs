//! `hallpass store accept`.

use hallpass::barrier::Acceptance;
use hallpass::error::Refusal;
use hallpass::ops::{Core, store};
use hallpass::{Error, Kind};

use crate::cli::store::Accept;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

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
    let consequence = format!("{found}\nto accept it is written to the log");
    if *dry_run {
        ui.note(consequence);
        return Ok(());
    }
    ui.confirm(&consequence, "Go on with this store?")?;
    let again = store::accept(core, what)?;
    ui.note(format!(
        "accepted; {again} of its tokens and profiles were known to be revoked and are again"
    ));
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
