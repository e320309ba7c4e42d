//! `hallpass store accept`.

use hallpass::barrier::Acceptance;
use hallpass::error::{History, Refusal};
use hallpass::ops::store::{Carried, MayRevive};
use hallpass::ops::{Core, store};
use hallpass::{Error, Kind};
use serde::Serialize;

use super::carried;

use crate::cli::store::Accept;
use crate::failure::Failure;
use crate::output::view::may_revive;
use crate::output::{Column, View, optional};
use crate::session::Session;
use crate::ui::Ui;

/// What is accepted, and what follows from it.
#[derive(Serialize)]
struct AcceptReport {
    accepted: &'static str,
    finding: String,
    /// Tokens and profiles. How many a clock that was set back ends is not known beforehand.
    revoked_again: Option<u64>,
    ended_again: u64,
    passwords_cleared: u64,
    may_revive: Vec<MayRevive>,
}

impl AcceptReport {
    fn new(accepted: &'static str, finding: String, carried: Carried) -> Self {
        let Carried {
            revoked_again,
            ended_again,
            passwords_cleared,
            may_revive,
        } = carried;
        let revoked_again = Some(revoked_again);
        Self {
            accepted,
            finding,
            revoked_again,
            ended_again,
            passwords_cleared,
            may_revive,
        }
    }
}

impl View for AcceptReport {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("accepted", |it| it.accepted.to_owned()),
        Column::listed("finding", |it| it.finding.clone()),
        Column::listed("revoked_again", |it| optional(it.revoked_again.as_ref())),
        Column::listed("ended_again", |it| it.ended_again.to_string()),
        Column::listed("passwords_cleared", |it| it.passwords_cleared.to_string()),
        Column::listed("may_revive", |it| may_revive(&it.may_revive)),
    ];
    const NONE: &'static str = "nothing to accept";
}

/// Accepts a store that was refused, after it reports why.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: &Accept) -> Result<(), Failure> {
    let Accept {
        rollback,
        fork: _,
        clock,
        moved,
        dry_run,
    } = args;
    let what = match (rollback, clock, moved) {
        (true, ..) => Acceptance::Rollback,
        (_, true, _) => Acceptance::Clock,
        (.., true) => Acceptance::Moved,
        _ => Acceptance::Fork,
    };
    let core = session.core(ui)?;
    let found = finding(core, what)?;
    let previewed = store::preview_acceptance(core, what)?;
    let words = carried::words(&previewed);
    let consequence = format!("{found}\naccepting it is logged\n{words}");
    if *dry_run {
        let mut accepted = AcceptReport::new(what.word(), found, previewed);
        accepted
            .revoked_again
            .take_if(|_| what == Acceptance::Clock);
        return ui.preview(&consequence, &accepted);
    }
    ui.confirm(&consequence, "Accept this store?")?;
    let carried = store::accept(core, what)?;
    let again = carried.revoked_again;
    ui.record(&AcceptReport::new(what.word(), found, carried))?;
    ui.note(format!(
        "accepted; revoked again: {again} tokens and profiles"
    ));
    Ok(())
}

/// Describes what is to be accepted, in the words of the refusal.
fn finding(core: &mut Core, what: Acceptance) -> Result<String, Failure> {
    let nothing = || {
        Failure::from(Error::from(Refusal::State(
            "there is nothing of this kind to accept".into(),
        )))
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
    if let Error::History(History::Moved(_)) = error {
        return match what {
            Acceptance::Moved => Ok(error.to_string()),
            _ => Err(error.into()),
        };
    }
    match (error.kind(), what) {
        (Kind::Rollback, Acceptance::Rollback)
        | (Kind::Fork | Kind::Substituted, Acceptance::Fork) => Ok(error.to_string()),
        _ => Err(error.into()),
    }
}
