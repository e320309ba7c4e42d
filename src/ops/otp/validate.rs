//! Exchanges a code for a token, once.
//!
//! An attempt is debited, and that is committed, before anything is compared. The comparison is of
//! MACs. After a match everything is read again: only the first caller finds the code still
//! pending, and the token is issued in the transaction that uses the code up.

use super::answer::{Answer, Refused, Submission, WhyNot};
use super::attempt::{Debited, debit, draft, refund_attempt, use_up};
use super::disclosure::is_for_operators;
use super::journal::journal_refused;
use crate::barrier::Writer;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::model::audit::Action;
use crate::model::time::Time;
use crate::model::token::TokenRecord;
use crate::ops::delivery::{Delivery, deliver_with};
use crate::ops::records::code::{self, Binding, Bound, CodeClocks};
use crate::ops::records::token::DefaultLifetime;

/// Exchanges a code for a token.
///
/// A code that is not valid always takes two transactions, whoever asks and whatever exists, so
/// that their number reveals nothing. Only a correct code may need a third: to a destination that
/// is written after the commit, or if it loses the race against another call.
///
/// # Errors
///
/// There is no profile, connection or environment of that name; too many failed attempts; the clock
/// is behind; a rule forbids the token; or the token could not be delivered: then the code is
/// restored, unless it has ended meanwhile. A code that is not valid is an answer, not an error.
pub fn validate<'a>(
    core: &mut Core,
    submission: &Submission,
    to: impl Into<Delivery<'a>>,
) -> Result<Answer> {
    let mut to = to.into();
    // Before an attempt is spent: a token that cannot be delivered would be lost.
    to.ready(core, &submission.binding.profile)?;
    let boot = core.clock.boot();
    // The attempt is debited in its own transaction, before the comparison: killing the program in
    // between must not make a guess free.
    let debited = core.write(|w| debit(w, submission, boot))?;
    let found = match debited {
        Debited::Comparable(found) => found,
        Debited::Closed(error) => {
            fail(core, &submission.binding, error.kind().word())?;
            return Err(error);
        }
        Debited::Nothing(reason) => return refused(core, submission, reason),
    };
    if !found.matches() {
        return refused(core, submission, WhyNot::WrongCode);
    }
    let usual = DefaultLifetime::Allowed(core.token_lifetime);
    let mut lost = None;
    let mut made = false;
    // The code matched when it was compared. Of several calls with the right code, only the first
    // finds it still pending.
    let make = |w: &mut Writer<'_>, until: Option<Time>| {
        let clocks = CodeClocks::new(w, w.now(), boot);
        match draft(w, &found, submission, clocks)? {
            Ok(draft) => {
                let issued = use_up(w, &found, draft, usual, until)?;
                made = true;
                Ok(issued)
            }
            Err(state) => {
                // Leaves the transaction by an error, so that nothing is committed; the state is
                // kept here.
                lost = Some(state);
                Err(Error::Stopped)
            }
        }
    };
    let at_once = matches!(to, Delivery::Immediate(_));
    let owner = &submission.binding.profile;
    let used = found.place();
    let undo =
        |w: &mut Writer<'_>, token: &TokenRecord| code::restore_used(w, used, token).map(drop);
    let exchanged = deliver_with(core, to, owner, make, undo);
    if (at_once || !made) && matches!(exchanged, Err(Error::Undelivered { token: None, .. })) {
        // Only the debit was committed: an immediate delivery was rolled back, or no token was
        // issued. (The removal of a pending token refunds the attempt itself.) If the refund
        // fails, the debit stays, and the first error is reported.
        drop(core.write(|w| refund_attempt(w, &found)));
    }
    match (exchanged, lost) {
        (_, Some(state)) => refused(core, submission, WhyNot::of(state)),
        (Ok(issued), None) => Ok(Answer::Exchanged(Box::new(issued))),
        (Err(error), None) => {
            if is_for_operators(&error) {
                fail(core, &submission.binding, error.kind().word())?;
            }
            Err(error)
        }
    }
}

/// Logs a refusal, and returns it.
pub(super) fn refused(core: &mut Core, submission: &Submission, reason: WhyNot) -> Result<Answer> {
    fail(core, &submission.binding, reason.word())?;
    Ok(Answer::Refused(Refused::new(&submission.binding, reason)))
}

/// Logs that an exchange failed.
pub(super) fn fail(core: &mut Core, binding: &Binding, why: &str) -> Result<()> {
    core.write(|w| {
        let subject = match Bound::resolve(w, binding) {
            Ok(subject) => Some(subject),
            Err(error) if is_for_operators(&error) => None,
            Err(error) => return Err(error),
        };
        journal_refused(w, Action::OtpValidate, subject.as_ref(), why)
    })
}
