//! Rotation: a successor replaces a token, which stays valid for the overlap.

use crate::backend::Fault;
use crate::barrier::Writer;
use crate::core::Core;
use crate::error::{Error, Existing, Result};
use crate::model::audit::Action;
use crate::model::id::{RecordId, TokenId};
use crate::model::name::RequestId;
use crate::model::profile::Profile;
use crate::model::time::{Overlap, Span, Time};
use crate::model::token::{Encoding, TokenRecord};
use crate::ops::delivery::{
    DeferredSink, Delivery, TwoPhase, deliver_in_two_phases, deliver_undoing, discard, finished,
    held_by,
};
use crate::ops::records::journal::{self, LogFacts};
use crate::ops::records::occupant::SinkOwner;
use crate::ops::records::token::{
    DefaultLifetime, Issued, Issuer, SuccessorLifetime, Summary, Target, activate, answered, by_id,
    complete_rotation, ensure_holds_name, ensure_long_enough, ensure_replaceable, find,
    required_summary, summary_by_id, undo_succession, waiting_successor,
};

/// A request to replace a token.
#[derive(Debug)]
pub struct RotateRequest {
    /// The old token.
    pub target: Target,
    /// The maximum overlap: how long the old one stays valid.
    pub overlap: Overlap,
    /// The lifetime of the new one.
    pub life: SuccessorLifetime,
    /// The minimum lifetime of the new one.
    pub at_least: Option<Span>,
    /// The encoding of the new one.
    pub form: Encoding,
    /// The caller's idempotency key.
    pub request: Option<RequestId>,
}

/// A token and the one that it replaced.
#[derive(Debug)]
pub struct Rotated {
    /// The new token.
    pub issued: Issued,
    /// The old token, in its new state.
    pub old: Summary,
}

/// The result of a request to replace a token.
#[derive(Debug)]
pub enum RotateAnswer {
    /// The token was replaced now.
    Now(Box<Rotated>),
    /// The same request was answered before, and the sink holds the token that was issued then.
    Before(Box<Summary>),
}

/// Replaces a token and delivers the new one. If that fails, the old one is unchanged.
///
/// The new token has the same name and scope. A request id that was answered before issues
/// nothing, and a request that was killed is completed if its sink has the token.
///
/// # Errors
///
/// There is no such token; it has ended, is suspended, or was already replaced; another token has
/// its name or device by now; another call is replacing it; the request was answered before, and
/// the sink does not hold that token; the new one would expire too soon; or it could not be
/// delivered: then the old one is unchanged.
pub fn rotate<'a>(
    core: &mut Core,
    rotating: &RotateRequest,
    to: impl Into<Delivery<'a>>,
) -> Result<RotateAnswer> {
    let delivery = to.into();
    let now = core.now();
    let lifetime = core.token_lifetime;
    let (old, owner, answered) = core.read(|r| {
        let (_, token) = find(r, &rotating.target)?;
        let answered = answered(r, &token, rotating.request.as_ref())?;
        Ok((token.public, token.owner, answered))
    })?;
    // A repeated request must not issue a second secret: the sink has the first one, or the caller
    // has to find out what became of it.
    if let Some((request, successor)) = answered {
        if let Delivery::Deferred(sink) = delivery
            && held_by(core, sink, successor)?.is_some()
            && let Some(successor) = core.read(|r| summary_by_id(r, successor, now))?
        {
            return Ok(RotateAnswer::Before(successor.into()));
        }
        return Err(Error::Exists(Existing::Answer { request, successor }));
    }
    // Until the successor is delivered, the old token keeps its name and its expiry, so that any
    // earlier failure leaves it unchanged.
    let (known, issued) = match delivery {
        Delivery::Immediate(sink) => {
            let make = |w: &mut Writer<'_>| rotate_immediately(w, rotating, lifetime);
            let (old, issued) = deliver_undoing(core, sink, make, undo_succession)?;
            (Some(old), issued)
        }
        Delivery::Deferred(sink) => {
            let mut steps = Succession {
                rotating,
                lifetime,
                owner,
                old: None,
            };
            let issued = rotate_deferred(core, sink, &mut steps, old)?;
            (steps.old, issued)
        }
    };
    // Known, unless another call completed this one. It is not read again without need: an error
    // now would hide that the token was replaced.
    let old = match known {
        Some(old) => old,
        None => core.read(|r| required_summary(r, old, now))?,
    };
    Ok(RotateAnswer::Now(Rotated { issued, old }.into()))
}

/// Rotates in one transaction, for an immediate sink.
pub(super) fn rotate_immediately(
    w: &mut Writer<'_>,
    rotating: &RotateRequest,
    lifetime: Span,
) -> Result<(Summary, Issued)> {
    let mut issued = issue_successor(w, rotating, lifetime, None)?;
    let id = issued.summary.id;
    let now = w.now();
    let (record_id, token) = by_id(w, id)?.ok_or(Error::Bug("a token went missing"))?;
    let old = complete_rotation(
        w,
        record_id,
        &token,
        rotating.overlap,
        rotating.request.as_ref(),
    )?;
    issued.summary = required_summary(w, id, now)?;
    Ok((old, issued))
}

/// Rotates in two transactions, with the delivery in between.
fn rotate_deferred(
    core: &mut Core,
    sink: &mut dyn DeferredSink,
    steps: &mut Succession<'_>,
    old: TokenId,
) -> Result<Issued> {
    let now = core.now();
    let Some(waiting) = core.read(|r| waiting_successor(r, old, now))? else {
        return deliver_in_two_phases(core, sink, steps);
    };
    // Another call was killed after it had issued the successor, or is delivering it right now. If
    // the sink has it, only the activation is left; if not, that call has to finish or time out
    // first.
    let held = held_by(core, sink, waiting.public)?.ok_or(Fault::Busy)?;
    let form = steps.rotating.form;
    let id = waiting.public;
    let done = core.write(|w| {
        activate(w, id, |w, record_id, token| {
            steps.activate(w, record_id, token)
        })
    });
    // The old token was suspended or revoked meanwhile. Activating the successor would undo that,
    // so the successor is removed.
    if matches!(done, Err(Error::Refused(_))) {
        discard(core, id, steps)?;
    }
    Ok(finished(
        &held,
        done?.ok_or(Fault::Busy)?,
        form,
        waiting.owner,
    ))
}

struct Succession<'a> {
    rotating: &'a RotateRequest,
    lifetime: Span,
    owner: RecordId,
    /// The old token, after its successor was activated.
    old: Option<Summary>,
}

impl TwoPhase for Succession<'_> {
    fn owner(&self) -> SinkOwner<'_> {
        SinkOwner::Record(self.owner)
    }

    fn prepare(&mut self, w: &mut Writer<'_>, until: Time) -> Result<Issued> {
        issue_successor(w, self.rotating, self.lifetime, Some(until))
    }

    fn activate(&mut self, w: &mut Writer<'_>, id: RecordId, token: &TokenRecord) -> Result<()> {
        let RotateRequest {
            overlap, request, ..
        } = self.rotating;
        self.old = Some(complete_rotation(w, id, token, *overlap, request.as_ref())?);
        Ok(())
    }
}

/// Issues the successor and records it in the old token, which keeps its name and its expiry until
/// [`complete_rotation`], when the successor is delivered.
fn issue_successor(
    w: &mut Writer<'_>,
    rotating: &RotateRequest,
    lifetime: Span,
    until: Option<Time>,
) -> Result<Issued> {
    // Looked up again: since the check another call may have replaced it.
    let (record_id, mut old) = find(w, &rotating.target)?;
    ensure_replaceable(w, &old)?;
    ensure_holds_name(w, record_id, &old)?;
    let mut rules = Issuer::new(w, DefaultLifetime::Allowed(lifetime));
    let issued = rules.issue_successor(w, &old, rotating.life, rotating.form, until)?;
    rules.finish(w)?;
    if let Some(min_life) = rotating.at_least {
        ensure_long_enough(issued.summary.expires_at, min_life, w.now())?;
    }
    let profile: Profile = w.require(old.owner)?;
    old.successor = Some(issued.summary.id);
    w.put(record_id, &old)?;
    let facts = LogFacts::new()
        .of(old.owner, profile.name.as_ref())
        .with("successor", Some(issued.summary.id))
        .with("request", rotating.request.as_ref())
        .with("expires_at", issued.summary.expires_at);
    w.audit(Action::TokenRotate, journal::token(&old), facts.into())?;
    Ok(issued)
}
