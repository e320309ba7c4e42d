//! `hallpass token revoke`.

use hallpass::ops::edit::Changed;
use hallpass::ops::token::{self, StateFilter, Summary};

use super::bulk::{self, BulkAction, RunMode};
use super::target;
use crate::cli::token::bulk::Revoke;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

const REVOKE: BulkAction = BulkAction {
    doing: "revoking",
    order: "Revoke",
    done: "revoked",
    anew: "",
    mind: Some("this is final: a revoked token cannot be restored"),
    stops: true,
    always_confirmed: true,
};

/// Revokes tokens permanently, all or none.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Revoke) -> Result<(), Failure> {
    let Revoke {
        chosen,
        expired,
        reason,
        dry_run,
    } = args;
    let mut choice = target::choice(ui, chosen, StateFilter::Live)?;
    if expired {
        choice.filter.which = StateFilter::Expired;
    }
    let revoked = bulk::act(
        ui,
        session,
        &choice,
        &REVOKE,
        RunMode::new(dry_run),
        |core, which| token::revoke(core, which, reason.as_ref()),
    )?;
    let Some(revoked) = revoked else {
        return Ok(());
    };
    bulk::report(ui, &REVOKE, revoked, words)
}

/// Reports what happened to tokens that were to be revoked.
pub(super) fn report(ui: &mut Ui, revoked: &[Changed<Summary>]) {
    bulk::report_words(ui, &REVOKE, revoked, words);
}

fn words(token: &Summary) -> String {
    format!("token {} is revoked", called(token))
}

/// Formats the name that the token had, and its id.
pub(super) fn called(token: &Summary) -> String {
    let Summary {
        id, name, profile, ..
    } = token;
    match profile {
        Some(profile) => format!("{profile}/{name} ({id})"),
        None => format!("{name} ({id})"),
    }
}
