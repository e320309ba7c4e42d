//! `hallpass token suspend` and `resume`.

use hallpass::ops::edit::Changed;
use hallpass::ops::token::{self, Summary};

use super::target;
use crate::cli::token::{Resume, Suspend};
use crate::commands::outcome;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Suspends a token.
pub(super) fn suspend(ui: &mut Ui, session: &mut Session, args: Suspend) -> Result<(), Failure> {
    let Suspend { which, reason, until } = args;
    let target = target::one(ui, which)?;
    let how = hallpass::ops::Suspend { reason, until };
    let changed = token::suspend(session.core(ui)?, &[target], &how)?;
    each(ui, &changed, |it| {
        let end = it.suspended_until.map(|end| format!(" until {end}")).unwrap_or_default();
        format!("token {} is suspended{end}", it.address())
    })
}

/// Resumes a token.
pub(super) fn resume(ui: &mut Ui, session: &mut Session, args: Resume) -> Result<(), Failure> {
    let Resume { which } = args;
    let target = target::one(ui, which)?;
    let changed = token::resume(session.core(ui)?, &[target])?;
    each(ui, &changed, |it| format!("token {} is not suspended", it.address()))
}

fn each(
    ui: &mut Ui,
    changed: &[Changed<Summary>],
    words: fn(&Summary) -> String,
) -> Result<(), Failure> {
    changed.iter().try_for_each(|it| outcome::told(ui, &words(&it.summary), it))
}
