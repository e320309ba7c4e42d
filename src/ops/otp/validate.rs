//! A code is exchanged for a token: once.
//!
//! A try is debited, and that made durable, before anything is compared. What is compared is a MAC.
//! Whoever is right reads everything again: only the first finds the code still pending, and the
//! token is made in the transaction that uses the code up.

use serde::Serialize;

use super::{Binding, Clocks, Subject, budget, facts, is_for_operators, journal_refused, object};
use crate::barrier::{BoundCode, Writer};
use crate::clock::BootTime;
use crate::crypto::Tag;
use crate::error::{Error, Result};
use crate::model::id::{CodeId, RecordId};
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName, TokenName};
use crate::model::otp::{Code, CodeEnd, CodeState, Ending, Exchange};
use crate::model::time::Time;
use crate::model::token::{Form, Pending, TokenRecord};
use crate::ops::Core;
use crate::ops::token::{self, Delivery, Draft, Issued, Usual, deliver_with};

/// A code, and what it is to be exchanged for.
#[derive(Debug)]
pub struct Submission {
    /// What the code was requested for.
    pub binding: Binding,
    /// The code.
    pub code: Code,
    /// How the token is spelled.
    pub form: Form,
}

/// What comes of a code.
#[derive(Debug)]
pub enum Answer {
    /// It was right, and this is the token.
    Exchanged(Box<Issued>),
    /// It is not good.
    Refused(Refused),
}

/// Why a code is not good, for an operator. Nobody else is told more than "no".
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Never.
    pub valid: bool,
    /// Why not.
    pub reason: WhyNot,
    /// The exit code of the reason.
    pub exit: u8,
    /// Who asked.
    pub profile: ProfileName,
    /// For which connection.
    pub connection: ConnectionName,
    /// In which environment; `None` is the default.
    pub environment: Option<EnvironmentName>,
}

/// Why a code is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WhyNot {
    /// It is not eight digits.
    Malformed,
    /// There is none to compare with.
    NoCode,
    /// It is another.
    WrongCode,
    /// Its time is over.
    Expired,
    /// It was exchanged before.
    Used,
    /// It was taken back.
    Cancelled,
    /// It was tried too often.
    Exhausted,
}

impl WhyNot {
    /// The exit code (`docs/json.md`).
    pub fn exit(self) -> u8 {
        match self {
            Self::Malformed => 10,
            Self::NoCode | Self::WrongCode => 11,
            Self::Used | Self::Cancelled | Self::Exhausted => 12,
            Self::Expired => 13,
        }
    }

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::NoCode => "no_code",
            Self::WrongCode => "wrong_code",
            Self::Expired => "expired",
            Self::Used => "used",
            Self::Cancelled => "cancelled",
            Self::Exhausted => "exhausted",
        }
    }

    fn of(newest: CodeState) -> Self {
        match newest {
            CodeState::Used => Self::Used,
            CodeState::Expired => Self::Expired,
            CodeState::Cancelled | CodeState::Undelivered => Self::Cancelled,
            CodeState::Exhausted => Self::Exhausted,
            CodeState::Pending | CodeState::Replaced => Self::WrongCode,
        }
    }
}

impl Refused {
    /// The answer to a code for `binding`.
    pub fn new(binding: &Binding, reason: WhyNot) -> Self {
        let Binding { profile, connection, environment } = binding.clone();
        Self { valid: false, reason, exit: reason.exit(), profile, connection, environment }
    }
}

/// Exchanges a code for a token.
///
/// Two transactions, whoever asks and whatever there is; a right code that loses the race to another
/// makes a third.
pub fn validate<'a>(
    core: &mut Core,
    submission: &Submission,
    to: impl Into<Delivery<'a>>,
) -> Result<Answer> {
    let mut to = to.into();
    // Before a try is spent: a token that cannot be handed over would be lost.
    to.ready(core, &submission.binding.profile)?;
    let boot = core.clock.boot();
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
    let (usual, mut lost, mut made) = (Usual::Allowed(core.token_lifetime), None, false);
    let make = |w: &mut Writer<'_>, until: Option<Time>| {
        let clocks = Clocks::new(w, w.now(), boot);
        match draft(w, &found, submission, clocks)? {
            Ok(draft) => {
                let issued = use_up(w, &found, draft, usual, until)?;
                made = true;
                Ok(issued)
            }
            Err(state) => {
                lost = Some(state);
                Err(Error::Stopped)
            }
        }
    };
    let at_once = matches!(to, Delivery::AtOnce(_));
    let owner = &submission.binding.profile;
    let place = (found.exchange, found.code);
    let undo =
        |w: &mut Writer<'_>, token: &TokenRecord| super::give_back(w, place, token).map(drop);
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
    Comparable(Found),
    /// Nothing that could match.
    Nothing(WhyNot),
    /// Somebody who is not there, or may not try now.
    Closed(Error),
}

/// A pending code, and the MAC of what was typed.
struct Found {
    exchange: RecordId,
    code: CodeId,
    kept: [u8; 32],
    tag: Tag,
}

/// Debits a try. Who is not there, or has nothing to be tried, debits a budget that all such share:
/// no guess is made then.
fn debit(w: &mut Writer<'_>, submission: &Submission, boot: BootTime) -> Result<Tried> {
    let now = w.now();
    Clocks::ensure_sound(w, now)?;
    let clocks = Clocks::new(w, now, boot);
    let tried = match Subject::resolve(w, &submission.binding) {
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
    subject: &Subject,
    submission: &Submission,
    clocks: Clocks,
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
    let found = Found { exchange: id, code: code.id, kept: code.mac, tag };
    w.put(id, &exchange)?;
    budget.debit(w.now());
    budget::keep(w, place, &budget)?;
    Ok(Tried::Comparable(found))
}

/// What the token is to be; or, if the code is no longer pending, what became of it. The try that is
/// being made was the last one, maybe: it counts all the same.
fn draft(
    w: &mut Writer<'_>,
    found: &Found,
    submission: &Submission,
    clocks: Clocks,
) -> Result<std::result::Result<Draft, CodeState>> {
    let subject = Subject::resolve(w, &submission.binding)?;
    let Some((id, exchange)) = subject.exchange(w)? else { return Ok(Err(CodeState::Replaced)) };
    let newest = exchange.codes.last().filter(|code| id == found.exchange && code.id == found.code);
    let Some(code) = newest else { return Ok(Err(CodeState::Replaced)) };
    if !matches!(clocks.state(code), CodeState::Pending | CodeState::Exhausted) {
        return Ok(Err(clocks.state(code)));
    }
    let (owner, profile) = (subject.profile.0, subject.profile_name()?.clone());
    let wanted = match &code.device {
        Some(device) => TokenName::from_device(device),
        None => subject.connection.1.name.as_str().parse()?,
    };
    let name = token::free_name(w, (owner, &subject.profile.1), &wanted, clocks.moment)?;
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
    found: &Found,
    draft: Draft,
    usual: Usual,
    until: Option<Time>,
) -> Result<Issued> {
    let code = Some((found.exchange, found.code));
    let pending = until.map(|until| Pending { until, code });
    let issued = token::issue_delivering(w, &draft, usual, "token.add", pending)?;
    let mut exchange: Exchange = w.require(found.exchange)?;
    let at = w.now();
    if let Some(code) = exchange.codes.last_mut() {
        code.end = Some(CodeEnd { at, how: Ending::Used(issued.summary.id) });
    }
    w.put(found.exchange, &exchange)?;
    credit(w, exchange.profile)?;
    let binding = Binding {
        profile: draft.profile,
        connection: draft.connection.ok_or(Error::Bug("a code is for a connection"))?,
        environment: draft.environment,
    };
    let facts = facts(&Subject::resolve(w, &binding)?).with("token", Some(issued.summary.id));
    w.audit("otp.validate", object(found.code), facts.into())?;
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
fn give_back_try(w: &mut Writer<'_>, found: &Found) -> Result<()> {
    let Some(mut exchange) = w.get::<Exchange>(found.exchange)? else { return Ok(()) };
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
        let subject = match Subject::resolve(w, binding) {
            Ok(subject) => Some(subject),
            Err(error) if is_for_operators(&error) => None,
            Err(error) => return Err(error),
        };
        journal_refused(w, "otp.validate", subject.as_ref(), why)
    })
}
