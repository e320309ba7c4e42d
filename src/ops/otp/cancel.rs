//! Codes are taken back.

use super::exchange::{self, end_newest};
use super::{Binding, Clocks, Subject, Summary, exchanges_of, facts, object};
use crate::barrier::Writer;
use crate::clock::BootTime;
use crate::error::Result;
use crate::model::id::RecordId;
use crate::model::otp::{Ending, Exchange};
use crate::ops::edit::Changed;
use crate::ops::impact::{self, Impact};
use crate::ops::{Core, outbox};

/// Takes back the code that is pending for this binding, and its mail if that still waits; `None`
/// if there never was a code. One that is used stays so, whatever becomes of its token, which may still be
/// on its way.
pub fn cancel(core: &mut Core, binding: &Binding) -> Result<Option<Changed<Summary>>> {
    let boot = core.clock.boot();
    core.write(|w| cancel_within(w, binding, boot))
}

/// What [`cancel`] would come to, and what that would stop.
pub fn foresee_cancel(
    core: &mut Core,
    binding: &Binding,
) -> Result<(Option<Changed<Summary>>, Impact)> {
    let boot = core.clock.boot();
    impact::foresee(core, |w| cancel_within(w, binding, boot))
}

fn cancel_within(
    w: &mut Writer<'_>,
    binding: &Binding,
    boot: BootTime,
) -> Result<Option<Changed<Summary>>> {
    let clocks = Clocks::new(w, w.now(), boot);
    let subject = Subject::resolve(w, binding)?;
    let Some((id, mut exchange)) = subject.exchange(w)? else { return Ok(None) };
    let ended = end_newest(w, &mut exchange, Ending::Cancelled, clocks)?;
    let Some(code) = exchange.codes.last() else { return Ok(None) };
    let summary = subject.summary(code, clocks)?;
    let Some(code) = ended else { return Ok(Some(Changed::already(summary))) };
    w.put(id, &exchange)?;
    w.audit("otp.cancel", object(code), facts(&subject).into())?;
    Ok(Some(Changed::made(summary)))
}

/// Takes back the codes of a profile whose address is another now, and their mails.
pub(in crate::ops) fn withdraw(w: &mut Writer<'_>, profile: RecordId) -> Result<()> {
    for (id, mut exchange) in exchanges_of(w, profile)? {
        let Some(code) = exchange.codes.last_mut() else { continue };
        if exchange::withdraw(w, code, Ending::Cancelled)? {
            w.put(id, &exchange)?;
        }
    }
    Ok(())
}

/// Takes back every code that could still be exchanged, as a store does that was put back to an
/// older state: some of them may have been used since. Says how many.
pub(in crate::ops) fn cancel_all(w: &mut Writer<'_>) -> Result<u64> {
    let mut cancelled = 0;
    for part in 0..=u8::MAX {
        for (id, mut exchange) in w.part::<Exchange>(part)? {
            let Some(code) = exchange.codes.last_mut() else { continue };
            if exchange::withdraw(w, code, Ending::Cancelled)? {
                w.put(id, &exchange)?;
                cancelled += 1;
            }
        }
    }
    // What is left tells of codes that had ended before.
    outbox::clear(w)?;
    Ok(cancelled)
}
