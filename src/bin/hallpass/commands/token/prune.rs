//! `hallpass token prune`.

use hallpass::ops::token::{self, StateFilter};

use super::bulk::{self, BulkAction, RunMode};
use super::revoke::called;
use super::target;
use crate::cli::token::bulk::Prune;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

const PRUNE: BulkAction = BulkAction {
    doing: "removing",
    order: "Remove",
    done: "removed",
    anew: "",
    mind: Some(
        "this is final: a removed token is reported as unknown, no longer as revoked or expired",
    ),
    stops: false,
    always_confirmed: true,
};

/// Deletes tokens that ended long ago, all or none.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Prune) -> Result<(), Failure> {
    let Prune {
        older_than,
        chosen,
        expired,
        dry_run,
    } = args;
    let mut choice = target::choice(ui, chosen, StateFilter::Ended)?;
    choice.filter.which = if expired {
        StateFilter::Expired
    } else {
        StateFilter::Ended
    };
    choice.filter.ended_for = Some(older_than);
    let pruned = bulk::act(
        ui,
        session,
        &choice,
        &PRUNE,
        RunMode::new(dry_run),
        |core, which| token::prune(core, which),
    )?;
    let Some(pruned) = pruned else { return Ok(()) };
    ui.note(match pruned.as_slice() {
        [one] => format!("token {} is removed", called(one)),
        several => format!("{} tokens are removed", several.len()),
    });
    ui.records(&pruned)
}
