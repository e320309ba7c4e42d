//! `hallpass token suspend` and `resume`.

use hallpass::ops::edit::{Changed, Effect};
use hallpass::ops::token::{self, StateFilter, Summary};

use super::bulk::{self, BulkAction, RunMode};
use super::target::{self, Choice};
use crate::cli::token::bulk::{Resume, Suspend};
use crate::commands::outcome;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

const SUSPEND: BulkAction = BulkAction {
    doing: "suspending",
    order: "Suspend",
    done: "suspended",
    anew: "",
    mind: None,
    stops: true,
    always_confirmed: false,
};

const RESUME: BulkAction = BulkAction {
    doing: "resuming",
    order: "Resume",
    done: "active again",
    anew: " again",
    mind: Some("tokens that nothing else invalidates are valid again"),
    stops: false,
    always_confirmed: false,
};

/// Suspends tokens, all or none.
pub(super) fn suspend(ui: &mut Ui, session: &mut Session, args: Suspend) -> Result<(), Failure> {
    let Suspend {
        chosen,
        suspension,
        dry_run,
    } = args;
    let choice = target::choice(ui, chosen, StateFilter::Live)?;
    let how = suspension.into();
    let suspended = bulk::act(
        ui,
        session,
        &choice,
        &SUSPEND,
        RunMode::new(dry_run),
        |core, which| token::suspend(core, which, &how),
    )?;
    let Some(suspended) = suspended else {
        return Ok(());
    };
    report(ui, &choice, &SUSPEND, suspended, |it| {
        let end = it
            .suspended_until
            .map(|end| format!(" until {end}"))
            .unwrap_or_default();
        format!("token {} is suspended{end}", it.address())
    })
}

/// Resumes tokens, all or none.
pub(super) fn resume(ui: &mut Ui, session: &mut Session, args: Resume) -> Result<(), Failure> {
    let Resume { chosen, dry_run } = args;
    let choice = target::choice(ui, chosen, StateFilter::Suspended)?;
    let resumed = bulk::act(
        ui,
        session,
        &choice,
        &RESUME,
        RunMode::new(dry_run),
        |core, which| token::resume(core, which),
    )?;
    let Some(resumed) = resumed else {
        return Ok(());
    };
    report(ui, &choice, &RESUME, resumed, |it| {
        format!("token {} is active", it.address())
    })
}

/// Reports the change. In JSON a single named token is an object; anything else is a list, whatever
/// its length.
fn report(
    ui: &mut Ui,
    choice: &Choice,
    action: &BulkAction,
    changed: Vec<Changed<Summary>>,
    words: fn(&Summary) -> String,
) -> Result<(), Failure> {
    match changed.as_slice() {
        [one] if choice.is_one => {
            let anew = if one.effect == Effect::Changed {
                action.anew
            } else {
                ""
            };
            outcome::changed(ui, &(words(&one.summary) + anew), one)
        }
        _ => bulk::report(ui, action, changed, words),
    }
}
