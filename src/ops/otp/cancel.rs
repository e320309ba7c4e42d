//! Cancels codes.

use super::journal::facts;
use super::summary::{Summary, summary};
use crate::barrier::Writer;
use crate::clock::BootTime;
use crate::core::Core;
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::otp::Ending;
use crate::ops::edit::Changed;
use crate::ops::impact::{self, Impact};
use crate::ops::records::code::{Binding, Bound, CodeClocks, end_newest};
use crate::ops::records::journal;

/// Cancels the pending code of this binding, and its mail if that is still queued; `None` if there
/// never was a code. A used code stays used, even if its token is still being delivered.
///
/// # Errors
///
/// There is no profile, connection or environment of that name.
pub fn cancel(core: &mut Core, binding: &Binding) -> Result<Option<Changed<Summary>>> {
    let boot = core.clock.boot();
    core.write(|w| cancel_within(w, binding, boot))
}

/// The result of [`cancel`], and its impact. Changes nothing.
///
/// # Errors
///
/// As [`cancel`].
pub fn preview_cancel(
    core: &mut Core,
    binding: &Binding,
) -> Result<(Option<Changed<Summary>>, Impact)> {
    let boot = core.clock.boot();
    impact::preview(core, |w| cancel_within(w, binding, boot))
}

fn cancel_within(
    w: &mut Writer<'_>,
    binding: &Binding,
    boot: BootTime,
) -> Result<Option<Changed<Summary>>> {
    let clocks = CodeClocks::new(w, w.now(), boot);
    let subject = Bound::resolve(w, binding)?;
    let Some((id, mut exchange)) = subject.exchange(w)? else {
        return Ok(None);
    };
    let ended = end_newest(w, &mut exchange, Ending::Cancelled, clocks)?;
    let Some(code) = exchange.codes.last() else {
        return Ok(None);
    };
    let summary = summary(&subject, code, clocks)?;
    let Some(code) = ended else {
        return Ok(Some(Changed::already(summary)));
    };
    w.put(id, &exchange)?;
    w.audit(
        Action::OtpCancel,
        journal::code(code),
        facts(&subject).into(),
    )?;
    Ok(Some(Changed::made(summary)))
}
