//! Codes are taken back.

use super::exchange::{self, end_newest};
use super::{Binding, Clocks, Subject, Summary, budget, facts, object};
use crate::barrier::{List, Writer};
use crate::error::Result;
use crate::model::id::RecordId;
use crate::model::otp::{Ending, Exchange};
use crate::ops::edit::Changed;
use crate::ops::{Core, outbox};

/// Takes back the code that is pending for this binding, and its mail if that still waits; `None`
/// if there never was a code. One whose token is being delivered stays used, whatever becomes of that.
pub fn cancel(core: &mut Core, binding: &Binding) -> Result<Option<Changed<Summary>>> {
    let boot = core.clock.boot();
    core.write(|w| {
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
    })
}

/// Takes back the codes of a profile whose address is another now, and their mails.
pub(in crate::ops) fn withdraw(w: &mut Writer<'_>, profile: RecordId) -> Result<()> {
    let (_, budget) = budget::of(w, profile)?;
    for n in 0..budget.exchanges {
        let id = w.at(List::CodesOf(profile), n.into())?;
        let mut exchange: Exchange = w.require(id)?;
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
