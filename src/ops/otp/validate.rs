//! A code is exchanged for a token: once.
//!
//! A try is debited, and that made durable, before anything is compared. What is compared is a MAC.
//! Whoever is right reads everything again: only the first finds the code still pending, and the
//! token is made in the transaction that uses the code up.

use super::answer::{Answer, Refused, Submission, WhyNot};
use super::disclosure::is_for_operators;
use super::journal::{facts, journal_refused};
use crate::barrier::{BoundCode, Writer};
use crate::clock::BootTime;
use crate::core::Core;
use crate::crypto::Tag;
use crate::error::{Error, Result};
use crate::model::audit::Action;
use crate::model::id::{CodeId, RecordId};
use crate::model::name::TokenName;
use crate::model::otp::{CodeEnd, CodeState, Ending, Exchange};
use crate::model::time::Time;
use crate::model::token::{Pending, TokenRecord};
use crate::ops::delivery::{Delivery, deliver_with};
use crate::ops::records::code::{self, Binding, Bound, CodeClocks, budget};
use crate::ops::records::journal;
use crate::ops::records::token::{self, Draft, Issued, Usual};

/// Exchanges a code for a token.
///
/// Two transactions, whoever asks and whatever there is; a right code that loses the race to another
/// makes a third.
///
/// # Errors
///
/// No profile, connection or environment of that name; too many failed attempts; the clock is
/// behind; a rule forbids the token; or it could not be delivered, and the code is valid again. A
/// code that is not valid is an answer, not an error.
pub fn validate<'a>(
    core: &mut Core,
    submission: &Submission,
    to: impl Into<Delivery<'a>>,
) -> Result<Answer> {
    let mut to = to.into();
    // Before a try is spent: a token that cannot be handed over would be lost.
    to.ready(core, &submission.binding.profile)?;
    let boot = core.clock.boot();
    // The attempt is debited in a transaction of its own, before anything is compared: whoever stops the
    // program in between has spent it.
    let tried = core.write(|w| debit(w, submission, boot))?;
    let found = match tried {
        Tried::Comparable(found) => found,
        Tried::Closed(error) => {
            fail(core, &submission.binding, error.kind().word())?;
            return Err(error);
        }
        Tried::Nothing(reason) => return refused(core, submission, reason),
    };
    if !found.tag.ct_eq(&found.kept) {
        return refused(core, submission, WhyNot::WrongCode);
    }
    let usual = Usual::Allowed(core.token_lifetime);
    let mut lost = None;
    let mut made = false;
    // It was right when it was compared. Of several who were right, the first finds it still pending.
    let make = |w: &mut Writer<'_>, until: Option<Time>| {
        let clocks = CodeClocks::new(w, w.now(), boot);
        match draft(w, &found, submission, clocks)? {
            Ok(draft) => {
                let issued = use_up(w, &found, draft, usual, until)?;
                made = true;
                Ok(issued)
            }
            Err(state) => {
                // Out of the transaction by an error, so that nothing is committed; what it was is kept here.
                lost = Some(state);
                Err(Error::Stopped)
            }
        }
    };
    let at_once = matches!(to, Delivery::Immediate(_));
    let owner = &submission.binding.profile;
    let place = (found.exchange, found.code);
    let undo =
        |w: &mut Writer<'_>, token: &TokenRecord| code::restore_used(w, place, token).map(drop);
    let exchanged = deliver_with(core, to, owner, make, undo);
    if (at_once || !made) && matches!(exchanged, Err(Error::Undelivered { token: None, .. })) {
        // Nothing of it was kept but the debit. Where that cannot be given back, it stands, and what went
        // wrong first is what is told.
        drop(core.write(|w| give_back_try(w, &found)));
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

/// What a try meets, once it is debited.
enum Tried {
    /// A pending code.
    Comparable(Attempt),
    /// Nothing that could match.
    Nothing(WhyNot),
    /// Somebody who is not there, or may not try now.
    Closed(Error),
}

/// A pending code, and the MAC of what was typed.
struct Attempt {
    exchange: RecordId,
    code: CodeId,
    kept: [u8; 32],
    tag: Tag,
}

/// Debits a try. Who is not there, or has nothing to be tried, debits a budget that all such share:
/// no guess is made then.
fn debit(w: &mut Writer<'_>, submission: &Submission, boot: BootTime) -> Result<Tried> {
    let now = w.now();
    CodeClocks::ensure_sound(w, now)?;
    let clocks = CodeClocks::new(w, now, boot);
    let tried = match Bound::resolve(w, &submission.binding) {
        Ok(subject) => try_with(w, &subject, submission, clocks)?,
        Err(error) if is_for_operators(&error) => Tried::Closed(error),
        Err(error) => return Err(error),
    };
    if !matches!(tried, Tried::Comparable(_)) {
        budget::debit_nobody(w)?;
    }
    Ok(tried)
}

fn try_with(
    w: &mut Writer<'_>,
    subject: &Bound,
    submission: &Submission,
    clocks: CodeClocks,
) -> Result<Tried> {
    let (place, mut budget) = budget::of(w, subject.profile.0)?;
    if let Err(closed) = budget::ensure_open(&budget, subject.profile_name()?, w.now()) {
        return Ok(Tried::Closed(closed));
    }
    let Some((id, mut exchange)) = subject.exchange(w)? else {
        return Ok(Tried::Nothing(WhyNot::NoCode));
    };
    let Some(code) = exchange.codes.last_mut() else {
        return Ok(Tried::Nothing(WhyNot::NoCode));
    };
    let state = clocks.state(code);
    if state != CodeState::Pending {
        return Ok(Tried::Nothing(WhyNot::of(state)));
    }
    code.tries = code.tries.saturating_add(1);
    let (_, tag) = w.code_mac(
        Some(code.kid),
        &BoundCode {
            id: code.id,
            subject: exchange.profile,
            connection: exchange.connection,
            environment: exchange.environment,
            device: code.device.as_ref(),
            digits: submission.code.expose(),
        },
    )?;
    let found = Attempt {
        exchange: id,
        code: code.id,
        kept: code.mac,
        tag,
    };
    w.put(id, &exchange)?;
    budget.debit(w.now());
    budget::keep(w, place, &budget)?;
    Ok(Tried::Comparable(found))
}

/// What the token is to be; or, if the code is no longer pending, what became of it. The try that is
/// being made was the last one, maybe: it counts all the same.
fn draft(
    w: &mut Writer<'_>,
    found: &Attempt,
    submission: &Submission,
    clocks: CodeClocks,
) -> Result<std::result::Result<Draft, CodeState>> {
    let subject = Bound::resolve(w, &submission.binding)?;
    let Some((id, exchange)) = subject.exchange(w)? else {
        return Ok(Err(CodeState::Replaced));
    };
    let newest = exchange
        .codes
        .last()
        .filter(|code| id == found.exchange && code.id == found.code);
    let Some(code) = newest else {
        return Ok(Err(CodeState::Replaced));
    };
    if !matches!(
        clocks.state(code),
        CodeState::Pending | CodeState::Exhausted
    ) {
        return Ok(Err(clocks.state(code)));
    }
    let owner = subject.profile.0;
    let profile = subject.profile_name()?.clone();
    let wanted = match &code.device {
        Some(device) => TokenName::from_device(device),
        None => subject.connection.1.name.as_str().parse()?,
    };
    let name = token::free_name(w, (owner, &subject.profile.1), &wanted, clocks.wall)?;
    Ok(Ok(Draft {
        connection: Some(subject.connection.1.name.clone()),
        environment: Some(subject.environment.1.name.clone()),
        device: code.device.clone(),
        form: submission.form,
        ..Draft::new(profile, name)
    }))
}

/// Makes the token, and writes down that the code was exchanged for it.
fn use_up(
    w: &mut Writer<'_>,
    found: &Attempt,
    draft: Draft,
    usual: Usual,
    until: Option<Time>,
) -> Result<Issued> {
    let code = Some((found.exchange, found.code));
    let pending = until.map(|until| Pending { until, code });
    let issued = token::issue_delivering(w, &draft, usual, Action::TokenAdd, pending)?;
    let mut exchange: Exchange = w.require(found.exchange)?;
    let at = w.now();
    if let Some(code) = exchange.codes.last_mut() {
        code.end = Some(CodeEnd {
            at,
            how: Ending::Used(issued.summary.id),
        });
    }
    w.put(found.exchange, &exchange)?;
    credit(w, exchange.profile)?;
    let binding = Binding {
        profile: draft.profile,
        connection: draft
            .connection
            .ok_or(Error::Bug("a code is for a connection"))?,
        environment: draft.environment,
    };
    let facts = facts(&Bound::resolve(w, &binding)?).with("token", Some(issued.summary.id));
    w.audit(Action::OtpValidate, journal::code(found.code), facts.into())?;
    Ok(issued)
}

/// A right try is taken from no budget.
fn credit(w: &mut Writer<'_>, profile: RecordId) -> Result<()> {
    let (place, mut budget) = budget::of(w, profile)?;
    budget.credit();
    budget::keep(w, place, &budget)
}

/// Lets a try not count that was right and came to nothing. Whether its code is still good is not its
/// business.
fn give_back_try(w: &mut Writer<'_>, found: &Attempt) -> Result<()> {
    let Some(mut exchange) = w.get::<Exchange>(found.exchange)? else {
        return Ok(());
    };
    let Some(code) = exchange.codes.iter_mut().find(|it| it.id == found.code) else {
        return Ok(());
    };
    code.tries = code.tries.saturating_sub(1);
    w.put(found.exchange, &exchange)?;
    credit(w, exchange.profile)
}

fn refused(core: &mut Core, submission: &Submission, reason: WhyNot) -> Result<Answer> {
    fail(core, &submission.binding, reason.word())?;
    Ok(Answer::Refused(Refused::new(&submission.binding, reason)))
}

/// Writes down that a try failed.
fn fail(core: &mut Core, binding: &Binding, why: &str) -> Result<()> {
    core.write(|w| {
        let subject = match Bound::resolve(w, binding) {
            Ok(subject) => Some(subject),
            Err(error) if is_for_operators(&error) => None,
            Err(error) => return Err(error),
        };
        journal_refused(w, Action::OtpValidate, subject.as_ref(), why)
    })
}
