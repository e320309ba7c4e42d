//! Rotation: a successor takes a token's place, and the old one stays valid for a while.

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
    Issued, Issuer, Life, Summary, Target, Usual, activate, answered, by_id, ensure_holds_name,
    ensure_lasts, ensure_replaceable, find, hand_over, required_summary, summary_by_id,
    undo_succession, waiting_successor,
};

/// Which token is to be replaced, and how.
#[derive(Debug)]
pub struct Rotating {
    /// The old one.
    pub target: Target,
    /// How long it stays good, at most.
    pub overlap: Overlap,
    /// When the new one ends.
    pub life: Life,
    /// How long it is to be good at least.
    pub at_least: Option<Span>,
    /// How the new one is spelled.
    pub form: Encoding,
    /// What the caller calls this, so that it can be repeated.
    pub request: Option<RequestId>,
}

/// A token that took the place of another.
#[derive(Debug)]
pub struct Rotated {
    /// The new one.
    pub issued: Issued,
    /// The old one, as it is now.
    pub old: Summary,
}

/// What became of a request to replace a token.
#[derive(Debug)]
pub enum RotateAnswer {
    /// It was replaced.
    Now(Box<Rotated>),
    /// The same request was answered before, and the sink holds the token that was made then.
    Before(Box<Summary>),
}

/// Replaces a token and delivers the new one; whatever fails, the old one is as it was.
///
/// The new one is for the same uses and has the name. A request with an id that was answered before
/// makes nothing, and one that was killed is finished if its sink has the token.
///
/// # Errors
///
/// No such token; it has ended, is suspended, or was replaced already; its name or device is
/// another's by now; another call is at work on it; the request was answered before, and the sink
/// does not hold that token; the new one would not last as long as it has to; or it could not be
/// delivered: then the old one is as it was.
pub fn rotate<'a>(
    core: &mut Core,
    rotating: &Rotating,
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
    if let Some((request, successor)) = answered {
        if let Delivery::Deferred(sink) = delivery
            && held_by(core, sink, successor)?.is_some()
            && let Some(there) = core.read(|r| summary_by_id(r, successor, now))?
        {
            return Ok(RotateAnswer::Before(there.into()));
        }
        return Err(Error::Exists(Existing::Answer { request, successor }));
    }
    // Until the successor is delivered, the old token keeps its name and its end: whatever fails before
    // that leaves it as it was.
    let (known, issued) = match delivery {
        Delivery::Immediate(sink) => {
            let make = |w: &mut Writer<'_>| at_once(w, rotating, lifetime);
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
            let issued = in_between(core, sink, &mut steps, old)?;
            (steps.old, issued)
        }
    };
    // It is known, unless another call finished this one. A question that fails now would hide that
    // all is done.
    let old = match known {
        Some(old) => old,
        None => core.read(|r| required_summary(r, old, now))?,
    };
    Ok(RotateAnswer::Now(Rotated { issued, old }.into()))
}

/// In one transaction.
pub(super) fn at_once(
    w: &mut Writer<'_>,
    rotating: &Rotating,
    lifetime: Span,
) -> Result<(Summary, Issued)> {
    let mut issued = issue_successor(w, rotating, lifetime, None)?;
    let id = issued.summary.id;
    let now = w.now();
    let (place, token) = by_id(w, id)?.ok_or(Error::Bug("a token went missing"))?;
    let old = hand_over(
        w,
        place,
        &token,
        rotating.overlap,
        rotating.request.as_ref(),
    )?;
    issued.summary = required_summary(w, id, now)?;
    Ok((old, issued))
}

/// In two, with the delivery in between.
fn in_between(
    core: &mut Core,
    sink: &mut dyn DeferredSink,
    steps: &mut Succession<'_>,
    old: TokenId,
) -> Result<Issued> {
    let now = core.now();
    let Some(waiting) = core.read(|r| waiting_successor(r, old, now))? else {
        return deliver_in_two_phases(core, sink, steps);
    };
    // Another call was killed after it had made the successor, or is delivering it right now. If the sink
    // has it, what is left is to activate it; if not, who made it is to be waited for.
    let held = held_by(core, sink, waiting.public)?.ok_or(Fault::Busy)?;
    let form = steps.rotating.form;
    let id = waiting.public;
    let done = core.write(|w| activate(w, id, |w, place, token| steps.activate(w, place, token)));
    // The old one was stopped meanwhile: the successor would lift that.
    if matches!(done, Err(Error::Refused(_))) {
        discard(core, id, steps);
    }
    Ok(finished(
        &held,
        done?.ok_or(Fault::Busy)?,
        form,
        waiting.owner,
    ))
}

struct Succession<'a> {
    rotating: &'a Rotating,
    lifetime: Span,
    owner: RecordId,
    /// The old one, as it is once its successor is good.
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
        let Rotating {
            overlap, request, ..
        } = self.rotating;
        self.old = Some(hand_over(w, id, token, *overlap, request.as_ref())?);
        Ok(())
    }
}

/// Makes the successor and names it in the old one, which keeps its name and its end until
/// [`hand_over`], when the successor is delivered.
fn issue_successor(
    w: &mut Writer<'_>,
    rotating: &Rotating,
    lifetime: Span,
    until: Option<Time>,
) -> Result<Issued> {
    // Found anew: between the look and this transaction another call may have replaced it.
    let (place, mut old) = find(w, &rotating.target)?;
    ensure_replaceable(w, &old)?;
    ensure_holds_name(w, place, &old)?;
    let mut rules = Issuer::new(w, Usual::Allowed(lifetime));
    let issued = rules.issue_successor(w, &old, rotating.life, rotating.form, until)?;
    rules.finish(w)?;
    if let Some(min_life) = rotating.at_least {
        ensure_lasts(issued.summary.expires_at, min_life, w.now())?;
    }
    let profile: Profile = w.require(old.owner)?;
    old.successor = Some(issued.summary.id);
    w.put(place, &old)?;
    let facts = LogFacts::new()
        .of(old.owner, profile.name.as_ref())
        .with("successor", Some(issued.summary.id))
        .with("request", rotating.request.as_ref())
        .with("expires_at", issued.summary.expires_at);
    w.audit(Action::TokenRotate, journal::token(&old), facts.into())?;
    Ok(issued)
}
