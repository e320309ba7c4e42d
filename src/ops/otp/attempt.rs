//! One attempt to exchange a code: its debit, and what a match makes of it.

use super::answer::{Submission, WhyNot};
use super::disclosure::is_for_operators;
use super::journal::facts;
use crate::barrier::{BoundCode, Writer};
use crate::clock::BootTime;
use crate::crypto::Tag;
use crate::error::{Error, Result};
use crate::model::audit::Action;
use crate::model::id::{CodeId, RecordId};
use crate::model::name::TokenName;
use crate::model::otp::{CodeEnd, CodeState, Ending, Exchange};
use crate::model::time::Time;
use crate::model::token::Pending;
use crate::ops::records::code::{Binding, Bound, CodeClocks, budget};
use crate::ops::records::journal;
use crate::ops::records::token::{self, DefaultLifetime, Draft, Issued};

/// The result of debiting an attempt.
pub(super) enum Debited {
    /// There is a pending code to compare with.
    Comparable(Attempt),
    /// There is nothing that could match.
    Nothing(WhyNot),
    /// The profile does not exist, or may not make an attempt now.
    Closed(Error),
}

/// A pending code, and the MAC of the submitted digits.
pub(super) struct Attempt {
    exchange: RecordId,
    code: CodeId,
    kept: [u8; 32],
    tag: Tag,
}

impl Attempt {
    /// Whether the submitted code is the pending one, in constant time: how long this takes must
    /// not reveal how much of the MAC matches.
    pub(super) fn matches(&self) -> bool {
        self.tag.ct_eq(&self.kept)
    }

    /// Where the code is.
    pub(super) fn place(&self) -> (RecordId, CodeId) {
        (self.exchange, self.code)
    }
}

/// Debits an attempt. Where there is nothing to compare with, be it that the profile or the code is
/// missing, a shared budget is debited instead: nothing can be guessed then.
pub(super) fn debit(
    w: &mut Writer<'_>,
    submission: &Submission,
    boot: BootTime,
) -> Result<Debited> {
    let now = w.now();
    CodeClocks::ensure_sound(w, now)?;
    let clocks = CodeClocks::new(w, now, boot);
    let debited = match Bound::resolve(w, &submission.binding) {
        Ok(subject) => debit_attempt(w, &subject, submission, clocks)?,
        Err(error) if is_for_operators(&error) => Debited::Closed(error),
        Err(error) => return Err(error),
    };
    // As much is written as for a comparison, so that the work reveals nothing.
    if !matches!(debited, Debited::Comparable(_)) {
        budget::debit_shared(w)?;
    }
    Ok(debited)
}

fn debit_attempt(
    w: &mut Writer<'_>,
    subject: &Bound,
    submission: &Submission,
    clocks: CodeClocks,
) -> Result<Debited> {
    let (budget_id, mut budget) = budget::of(w, subject.profile.0)?;
    if let Err(closed) = budget::ensure_open(&budget, subject.profile_name()?, w.now()) {
        return Ok(Debited::Closed(closed));
    }
    let Some((id, mut exchange)) = subject.exchange(w)? else {
        return Ok(Debited::Nothing(WhyNot::NoCode));
    };
    let Some(code) = exchange.codes.last_mut() else {
        return Ok(Debited::Nothing(WhyNot::NoCode));
    };
    let state = clocks.state(code);
    if state != CodeState::Pending {
        return Ok(Debited::Nothing(WhyNot::of(state)));
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
    // Both are debited: the code limits guesses at this code, the budget those over all codes.
    w.put(id, &exchange)?;
    budget.debit(w.now());
    budget::keep(w, budget_id, &budget)?;
    Ok(Debited::Comparable(found))
}

/// The draft of the token or, if the code is no longer pending, its state. The attempt being made
/// may have been the last one: it counts all the same.
pub(super) fn draft(
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

/// Issues the token, and records that the code was exchanged for it.
pub(super) fn use_up(
    w: &mut Writer<'_>,
    found: &Attempt,
    draft: Draft,
    usual: DefaultLifetime,
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

/// Refunds a successful attempt.
fn credit(w: &mut Writer<'_>, profile: RecordId) -> Result<()> {
    let (budget_id, mut budget) = budget::of(w, profile)?;
    budget.credit();
    budget::keep(w, budget_id, &budget)
}

/// Refunds a successful attempt whose token was not delivered, whether or not the code is still
/// valid.
pub(super) fn refund_attempt(w: &mut Writer<'_>, found: &Attempt) -> Result<()> {
    let Some(mut exchange) = w.get::<Exchange>(found.exchange)? else {
        return Ok(());
    };
    let Some(code) = exchange.codes.iter_mut().find(|code| code.id == found.code) else {
        return Ok(());
    };
    code.tries = code.tries.saturating_sub(1);
    w.put(found.exchange, &exchange)?;
    credit(w, exchange.profile)
}
