//! Generates a code and queues its mail, in one transaction.

use std::io;

use super::disclosure::is_for_operators;
use super::journal::{facts, journal_refused};
use super::summary::{Summary, summary};
use crate::barrier::{BoundCode, Reader, Writer};
use crate::clock::BootTime;
use crate::core::Core;
use crate::error::{Error, Refusal, Result};
use crate::mail::code::{CodeMail, message as code_letter};
use crate::model::audit::{Action, Outcome};
use crate::model::email::EmailAddress;
use crate::model::id::{CodeId, RecordId};
use crate::model::mail::Message;
use crate::model::otp::{Code, CodeRecord, Delivery};
use crate::model::text::{Device, FreeText};
use crate::model::time::Time;
use crate::ops::delivery::{ImmediateSink, undelivered};
use crate::ops::records::code::{
    Binding, Bound, CodeClocks, add, budget, mailbox, next_mail, remove_forgotten, undeliverable,
};
use crate::ops::records::journal::{self, LogFacts};
use crate::ops::records::{mail_queue, mail_settings, token};

/// A request for a code.
#[derive(Debug, Clone)]
pub struct Request {
    /// The binding of the code.
    pub binding: Binding,
    /// The device of the token to be issued.
    pub device: Option<Device>,
    /// The origin of the request, shown in the mail: an address, or the name of an application.
    pub asked_from: Option<String>,
}

/// A new code; its digits are available only here.
#[derive(Debug)]
pub struct Requested {
    /// The code.
    pub summary: Summary,
    /// Its digits.
    pub code: Code,
    /// The queued mail.
    pub message: RecordId,
    place: (RecordId, CodeId),
}

/// Generates a code and queues its mail, in one transaction.
///
/// A refusal is one transaction too, so that an outside caller learns nothing from counting: see
/// [`is_for_operators`].
///
/// # Errors
///
/// There is no profile, connection or environment of that name; a rule forbids the profile a token
/// for it; the profile has no address, or no mail is configured; too many codes, or too many failed
/// attempts; or the clock is behind. [`is_for_operators`] decides which of these nobody else may
/// see.
pub fn request(core: &mut Core, request: &Request) -> Result<Requested> {
    let boot = core.clock.boot();
    core.write(|w| {
        let now = w.now();
        match Allowed::check(w, request, (now, boot)) {
            Ok(allowed) => allowed.make(w, request).map(Ok),
            Err(error) if is_for_operators(&error) => {
                refuse(w, request, &error)?;
                Ok(Err(error))
            }
            Err(error) => Err(error),
        }
    })?
}

/// Why a code would be refused now, of the reasons that are for operators; `None` if one would be
/// generated. It writes nothing, and so counts and logs nothing either.
///
/// # Errors
///
/// As [`Core::read`]; or the clock is behind.
pub fn refusal(core: &mut Core, request: &Request) -> Result<Option<Error>> {
    let now = core.now();
    let boot = core.clock.boot();
    core.read(|r| match Allowed::check(r, request, (now, boot)) {
        Ok(_) => Ok(None),
        Err(error) if is_for_operators(&error) => Ok(Some(error)),
        Err(error) => Err(error),
    })
}

/// Delivers the digits of a code in addition to the mail. If that fails, the code does not stay
/// valid.
///
/// # Errors
///
/// The digits could not be delivered; the code is not valid then.
pub fn reveal(
    core: &mut Core,
    requested: &Requested,
    sink: &mut dyn ImmediateSink<Requested>,
) -> Result<()> {
    let handed = sink
        .ready()
        .and_then(|()| sink.offer(requested))
        .and_then(|()| sink.finish());
    handed.map_err(|source| end_unrevealed(core, requested.place, source))
}

/// A request that passed every rule. Nothing was changed by the checks.
struct Allowed {
    subject: Bound,
    to: EmailAddress,
    clocks: CodeClocks,
}

impl Allowed {
    fn check(r: &mut Reader<'_>, request: &Request, (now, boot): (Time, BootTime)) -> Result<Self> {
        CodeClocks::ensure_sound(r, now)?;
        let clocks = CodeClocks::new(r, now, boot);
        let subject = Bound::resolve(r, &request.binding)?;
        let to = ensure_allowed(r, &subject, request, clocks)?;
        let (_, budget) = budget::of(r, subject.profile.0)?;
        budget::ensure_open(&budget, subject.profile_name()?, now)?;
        let of_the_binding = subject
            .exchange(r)?
            .and_then(|(_, exchange)| next_mail(&exchange, now));
        match of_the_binding.max(mailbox::next_mail(r, &to, now)?) {
            Some(free) => Err(Error::TooSoon(free)),
            None => Ok(Self {
                subject,
                to,
                clocks,
            }),
        }
    }

    fn make(self, w: &mut Writer<'_>, request: &Request) -> Result<Requested> {
        let Self {
            subject,
            to,
            clocks,
        } = self;
        let (kept, mut budget) = budget::of(w, subject.profile.0)?;
        remove_forgotten(w, &subject, &mut budget, clocks)?;
        let (code, mut record) = draw(w, &subject, request, to, clocks.boot)?;
        let id = record.id;
        let message = w.fresh_id()?;
        record.message = Some(message);
        let summary = summary(&subject, &record, clocks)?;
        let exchange = add(w, &subject, &mut budget, record, clocks)?;
        budget::keep(w, kept, &budget)?;
        mailbox::debit(w, &summary.sent_to)?;
        let waiting = mail_queue::QueuedMail {
            environment: subject.environment.0,
            code: (exchange, id),
            until: summary.expires_at,
            message: compose(&subject, request, &summary, &code),
        };
        mail_queue::enqueue(w, message, waiting)?;
        let facts = facts(&subject)
            .with("device", request.device.as_ref())
            .with("sent_to", Some(&summary.sent_to))
            .with("expires_at", Some(summary.expires_at));
        w.audit(Action::OtpRequest, journal::code(id), facts.into())?;
        Ok(Requested {
            summary,
            code,
            message,
            place: (exchange, id),
        })
    }
}

/// Checks every rule but the budgets; returns the address of the mail.
fn ensure_allowed(
    r: &mut Reader<'_>,
    subject: &Bound,
    request: &Request,
    clocks: CodeClocks,
) -> Result<EmailAddress> {
    let name = subject.profile_name()?;
    let profile = &subject.profile.1;
    let (id, connection) = &subject.connection;
    if profile
        .suspended
        .as_ref()
        .is_some_and(|suspension| suspension.holds(clocks.wall.now))
    {
        return Err(Refusal::ProfileSuspended(name.clone()).into());
    }
    let email = profile
        .email
        .clone()
        .ok_or_else(|| Refusal::NoEmail(name.clone()))?;
    token::ensure_usable(profile, *id, connection)?;
    if let Some(device) = &request.device {
        token::ensure_device_free(r, name, *id, device, clocks.wall)?;
    }
    let (environment, named) = &subject.environment;
    if mail_settings::settings_for(r, *environment)?.is_none() {
        return Err(Refusal::NoMail {
            environment: Some(named.name.clone()),
        }
        .into());
    }
    Ok(email)
}

fn draw(
    w: &mut Writer<'_>,
    subject: &Bound,
    request: &Request,
    sent_to: EmailAddress,
    boot: BootTime,
) -> Result<(Code, CodeRecord)> {
    let id = CodeId::generate(w.entropy())?;
    let code = Code::generate(w.entropy())?;
    let (kid, mac) = w.code_mac(
        None,
        &BoundCode {
            id,
            subject: subject.profile.0,
            connection: subject.connection.0,
            environment: subject.environment.0,
            device: request.device.as_ref(),
            digits: code.expose(),
        },
    )?;
    let now = w.now();
    let record = CodeRecord {
        id,
        mac: *mac.bytes(),
        kid,
        device: request.device.clone(),
        sent_to,
        created_at: now,
        expires_at: now.plus(CodeRecord::LIFETIME),
        boot,
        tries: 0,
        end: None,
        delivery: Delivery::Queued(None),
        message: None,
    };
    Ok((code, record))
}

fn compose(subject: &Bound, request: &Request, summary: &Summary, code: &Code) -> Message {
    let connection = &subject.connection.1;
    let called = connection.description.as_ref().map(FreeText::as_str);
    code_letter(CodeMail {
        id: summary.id.to_string(),
        to: summary.sent_to.clone(),
        connection: called.unwrap_or(connection.name.as_str()),
        environment: summary.environment.as_str(),
        profile: summary.profile.as_str(),
        device: request.device.as_ref().map(Device::as_str),
        code: code.expose(),
        expires_at: summary.expires_at,
        lifetime: CodeRecord::LIFETIME,
        asked_from: request.asked_from.clone(),
        date: summary.created_at,
    })
}

/// Logs a refusal, in one transaction like a success.
fn refuse(w: &mut Writer<'_>, request: &Request, error: &Error) -> Result<()> {
    let subject = Bound::resolve(w, &request.binding);
    let subject = match subject {
        Err(error) if !is_for_operators(&error) => return Err(error),
        resolved => resolved.ok(),
    };
    budget::debit_shared(w)?;
    journal_refused(w, Action::OtpRequest, subject.as_ref(), error.kind().word())
}

/// Ends a code whose digits were to be displayed and were not.
fn end_unrevealed(core: &mut Core, place: (RecordId, CodeId), source: io::Error) -> Error {
    let done = core.write(|w| {
        undeliverable(w, place, "the code could not be shown".to_owned())?;
        let facts = LogFacts::new().with("reason", Some("could not be delivered"));
        w.audit_outcome(
            Action::OtpCancel,
            Outcome::Undelivered,
            journal::code(place.1),
            facts.into(),
        )
    });
    match done {
        Ok(()) => undelivered(None, source),
        Err(failure) => failure,
    }
}
