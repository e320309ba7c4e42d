//! Queued mails: queued with the change they report, and sent afterwards with no lock on the store.
//!
//! A mail is claimed in one transaction, handed over, and settled in another. Right before the
//! bytes after which the other side may accept it, that fact is committed too. A crash before that
//! loses nothing: the claim expires and the mail is sent again. A crash after it, or a missing
//! reply, leaves the outcome unknown: the mail is not sent again, so that no mail arrives twice,
//! and its code stays valid.
//!
//! ```
//! use hallpass::mail::Mailer;
//! use hallpass::ops::{Core, outbox};
//!
//! # fn example(core: &mut Core, mailer: &mut dyn Mailer) -> hallpass::Result<()> {
//! let sent = outbox::send_due(core, mailer)?;
//! println!("{} sent, {} waiting", sent.sent, sent.waiting);
//! # Ok(())
//! # }
//! ```

use std::time::Duration;

use crate::barrier::{List, Writer};
use crate::core::Core;
use crate::error::Result;
use crate::kind::Kind;
use crate::mail::Mailer;
use crate::model::audit::{Action, Outcome};
use crate::model::id::{CodeId, RecordId};
use crate::model::mail::SendError;
use crate::model::mail::{MailSettings, Message, Transport};
use crate::model::otp::Delivery;
use crate::model::outbox::Waiting;
use crate::model::time::Time;
use crate::ops::records::journal::{self, LogFacts};
use crate::ops::records::mail_queue::{drop_row, waiting};
use crate::ops::records::{code, mail_settings};

/// How long a claim lasts, in seconds: longer than any transport takes.
const CLAIM: i64 = 90;

/// The pause after the first failure, in seconds; each further pause is three times as long.
const FIRST_PAUSE: i64 = 5;

const LONGEST_PAUSE: i64 = 120;

/// The pauses between the attempts of one command; then it leaves the mail queued.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(3)];

/// The results of sending queued mails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Sent {
    /// The number sent.
    pub sent: u64,
    /// The number still queued for a later attempt.
    pub waiting: u64,
    /// The number that will not be sent.
    pub failed: u64,
    /// The number whose outcome is unknown; they are not sent again.
    pub uncertain: u64,
}

/// Sends one mail now, with a few retries if the other side is busy. Returns its delivery state.
///
/// # Errors
///
/// The store could not be read or written. A mail that was handed over before the error is settled
/// by a later call, and is not sent twice.
pub fn send_one(
    core: &mut Core,
    id: RecordId,
    mailer: &mut dyn Mailer,
    pause: &mut dyn FnMut(Duration),
) -> Result<Delivery> {
    let mut pauses = PAUSES.into_iter();
    loop {
        let delivery = attempt(core, id, Timing::None, mailer)?;
        match (&delivery, pauses.next()) {
            (Some(Delivery::Queued(_)), Some(next)) => pause(next),
            (Some(_), _) => return Ok(delivery.unwrap_or(Delivery::Queued(None))),
            // Another call has claimed it.
            (None, _) => return Ok(Delivery::Queued(None)),
        }
    }
}

/// Sends the queued mails that are due, one attempt each.
///
/// # Errors
///
/// As [`send_one`]; mails that come after it are not attempted.
pub fn send_due(core: &mut Core, mailer: &mut dyn Mailer) -> Result<Sent> {
    let mut sent = Sent::default();
    for id in core.read(waiting)? {
        match attempt(core, id, Timing::UntilDue, mailer)? {
            Some(Delivery::Sent(_) | Delivery::Outbox(_)) => sent.sent += 1,
            Some(Delivery::Failed(_)) => sent.failed += 1,
            Some(Delivery::Uncertain(_)) => sent.uncertain += 1,
            Some(Delivery::Queued(_)) | None => sent.waiting += 1,
        }
    }
    Ok(sent)
}

/// The mail settings by which a mail leaves: those of an environment, or the general ones. Mails
/// with the same route leave one after the other; those of others need not wait for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Route(Option<RecordId>);

impl Route {
    /// The route by the general settings.
    pub const GENERAL: Self = Self(None);
}

/// The route of a mail; `None` if it is no longer queued.
///
/// # Errors
///
/// As [`Core::read`].
pub fn route(core: &mut Core, id: RecordId) -> Result<Option<Route>> {
    core.read(|r| match r.get::<Waiting>(id)? {
        Some(mail) => mail_settings::owner_for(r, mail.environment).map(|it| Some(Route(it))),
        None => Ok(None),
    })
}

/// The queued mails that have been due for `leisure` seconds and that no call is sending, oldest
/// first, and the route of each. A command that has just queued a mail sends it itself: a server leaves it that time.
///
/// # Errors
///
/// As [`Core::read`].
pub fn due(core: &mut Core, leisure: u32) -> Result<Vec<(RecordId, Route)>> {
    let now = core.now();
    core.read(|r| {
        let mut due = Vec::new();
        for id in waiting(r)? {
            let mail: Waiting = r.require(id)?;
            let since = mail.next.seconds().saturating_add(leisure.into());
            let is_due = since <= now.seconds() || mail.claimed.is_some();
            if is_due && !is_in_hand(&mail, now) {
                let owner = mail_settings::owner_for(r, mail.environment)?;
                due.push((id, Route(owner)));
            }
        }
        Ok(due)
    })
}

/// One attempt to send a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempted {
    /// The code in the mail.
    pub code: CodeId,
    /// The delivery state that it has now.
    pub delivery: Delivery,
}

/// Makes one attempt to send a mail that is due; `None` if there is no such mail, it is not due, or
/// another call is sending it.
///
/// # Errors
///
/// As [`send_one`].
pub fn try_to_send(
    core: &mut Core,
    id: RecordId,
    mailer: &mut dyn Mailer,
) -> Result<Option<Attempted>> {
    let Some(mail) = core.read(|r| r.get::<Waiting>(id))? else {
        return Ok(None);
    };
    let code = mail.code.1;
    let delivery = attempt(core, id, Timing::UntilDue, mailer)?;
    Ok(delivery.map(|delivery| Attempted { code, delivery }))
}

/// The number of queued mails.
///
/// # Errors
///
/// As [`Core::read`].
pub fn count(core: &mut Core) -> Result<u64> {
    core.read(|r| r.count(List::Outbox))
}

/// Whether a mail is sent before it is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Timing {
    /// Send it now.
    None,
    /// Only if it is due.
    UntilDue,
}

/// Makes one attempt to send a mail; `None` if it does not exist, is not due, or is claimed.
fn attempt(
    core: &mut Core,
    id: RecordId,
    timing: Timing,
    mailer: &mut dyn Mailer,
) -> Result<Option<Delivery>> {
    let claimed = match core.write(|w| claim(w, id, timing))? {
        Claim::Taken(claimed) => claimed,
        Claim::Given(delivery) => return Ok(Some(delivery)),
        Claim::Not => return Ok(None),
    };
    let Claimed {
        settings,
        message,
        code,
        until,
    } = *claimed;
    let mut failure = None;
    let mut commit = || match core.write(|w| commit(w, id, until)) {
        Ok(true) => Ok(()),
        Ok(false) => Err(SendError::Transient(
            "it was withdrawn, or another call is sending it".to_owned(),
        )),
        Err(busy) if busy.kind() == Kind::Busy => Err(SendError::Transient(busy.to_string())),
        Err(error) => Err(SendError::Transient(failure.insert(error).to_string())),
    };
    let handed = mailer.send(&settings, &message, &mut commit);
    if let Some(failure) = failure {
        // Nothing was handed over. The claim expires, and the mail is sent by a later attempt.
        return Err(failure);
    }
    let settled = core.write(|w| match w.get::<Waiting>(id)? {
        Some(waiting) => settle(w, id, waiting, &settings, until, handed.as_ref()),
        // Withdrawn meanwhile, or settled by another call after the claim expired.
        None => code::delivery(w, code),
    });
    settled.map(Some)
}

/// A mail that this call has claimed, and until when.
struct Claimed {
    settings: MailSettings,
    message: Message,
    code: (RecordId, CodeId),
    until: Time,
}

/// The result of claiming a mail.
enum Claim {
    /// This call has claimed it.
    Taken(Box<Claimed>),
    /// It is not to be sent any more.
    Given(Delivery),
    /// It does not exist, is not due, or is claimed.
    Not,
}

fn claim(w: &mut Writer<'_>, id: RecordId, timing: Timing) -> Result<Claim> {
    let now = w.now();
    let Some(mut waiting) = w.get::<Waiting>(id)? else {
        return Ok(Claim::Not);
    };
    if is_in_hand(&waiting, now) {
        return Ok(Claim::Not);
    }
    if waiting.committed {
        let why =
            "hallpass was interrupted before the other side confirmed that it accepted the message";
        return leave_uncertain(w, id, &waiting, why).map(Claim::Given);
    }
    if now >= waiting.until {
        let why = "its code was no longer pending when it was due";
        return give_up(w, id, &waiting, why).map(Claim::Given);
    }
    let was_interrupted = waiting.claimed.is_some();
    if timing == Timing::UntilDue && !was_interrupted && now < waiting.next {
        return Ok(Claim::Not);
    }
    let Some(settings) = mail_settings::settings_for(w, waiting.environment)? else {
        return give_up(w, id, &waiting, "mail is not configured").map(Claim::Given);
    };
    let until = Time::from_seconds(now.seconds().saturating_add(CLAIM));
    waiting.claimed = Some(until);
    waiting.tries = waiting.tries.saturating_add(1);
    w.put(id, &waiting)?;
    Ok(Claim::Taken(Box::new(Claimed {
        settings,
        message: waiting.message,
        code: waiting.code,
        until,
    })))
}

/// Whether another call is sending a mail.
fn is_in_hand(waiting: &Waiting, now: Time) -> bool {
    let in_hand = |until: Time| now < until && until.seconds() - now.seconds() <= CLAIM;
    waiting.claimed.is_some_and(in_hand)
}

/// Commits that the other side may have the mail from now on; `false` if the claim has expired.
fn commit(w: &mut Writer<'_>, id: RecordId, until: Time) -> Result<bool> {
    let waiting = w
        .get::<Waiting>(id)?
        .filter(|waiting| waiting.claimed == Some(until));
    let Some(mut waiting) = waiting else {
        return Ok(false);
    };
    waiting.committed = true;
    w.put(id, &waiting)?;
    Ok(true)
}

/// Records the result of handing a mail over.
fn settle(
    w: &mut Writer<'_>,
    id: RecordId,
    mut waiting: Waiting,
    settings: &MailSettings,
    until: Time,
    handed: std::result::Result<&(), &SendError>,
) -> Result<Delivery> {
    let now = w.now();
    let cause = match handed {
        Ok(()) => {
            let delivery = match settings.transport {
                Transport::Outbox(_) => Delivery::Outbox(now),
                _ => Delivery::Sent(now),
            };
            drop_row(w, id, &waiting)?;
            code::delivered(w, waiting.code, delivery.clone())?;
            log_attempt(w, &waiting, Outcome::Done, None)?;
            return Ok(delivery);
        }
        Err(SendError::Uncertain(cause)) => return leave_uncertain(w, id, &waiting, cause),
        // It took so long that another call has claimed it by now.
        Err(_) if waiting.claimed != Some(until) => return Ok(Delivery::Queued(None)),
        Err(SendError::Permanent(cause)) => return give_up(w, id, &waiting, cause),
        Err(SendError::Transient(cause)) => cause,
    };
    let pause = FIRST_PAUSE.saturating_mul(3_i64.saturating_pow(waiting.tries.saturating_sub(1)));
    waiting.next = Time::from_seconds(now.seconds().saturating_add(pause.min(LONGEST_PAUSE)));
    waiting.claimed = None;
    waiting.committed = false;
    w.put(id, &waiting)?;
    let delivery = Delivery::Queued(Some(cause.clone()));
    code::delivered(w, waiting.code, delivery.clone())?;
    log_attempt(w, &waiting, Outcome::Failed, Some(cause))?;
    Ok(delivery)
}

/// A mail that may have arrived is not sent again. Its code stays valid: the user may have it.
fn leave_uncertain(
    w: &mut Writer<'_>,
    id: RecordId,
    waiting: &Waiting,
    cause: &str,
) -> Result<Delivery> {
    drop_row(w, id, waiting)?;
    let delivery = Delivery::Uncertain(cause.to_owned());
    code::delivered(w, waiting.code, delivery.clone())?;
    log_attempt(w, waiting, Outcome::Failed, Some(cause))?;
    Ok(delivery)
}

/// A mail that will not be sent ends its code: nobody will ever see it.
fn give_up(w: &mut Writer<'_>, id: RecordId, waiting: &Waiting, cause: &str) -> Result<Delivery> {
    drop_row(w, id, waiting)?;
    code::undeliverable(w, waiting.code, cause.to_owned())?;
    code::mailbox::refund(w, waiting.code)?;
    log_attempt(w, waiting, Outcome::Undelivered, Some(cause))?;
    Ok(Delivery::Failed(cause.to_owned()))
}

fn log_attempt(
    w: &mut Writer<'_>,
    waiting: &Waiting,
    outcome: Outcome,
    cause: Option<&str>,
) -> Result<()> {
    let object = journal::code(waiting.code.1);
    let facts = LogFacts::new()
        .with("sent_to", Some(&waiting.message.to))
        .with("try", Some(waiting.tries))
        .with("cause", cause);
    w.audit_outcome(Action::MailSend, outcome, object, facts.into())
}
