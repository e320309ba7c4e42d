//! Rotation: a successor takes a token's place, and the old one stays good for a while.

use super::ensure::ensure_lasts;
use super::handover::deliver_undoing;
use super::issuer::{Issuer, take};
use super::occupant::Owner;
use super::pending::{activate, standing};
use super::resume::{finished, held_by};
use super::revoke::revoke_undelivered;
use super::sink::{Course, Delivery, Sink, deliver_pending, discard};
use super::target::{by_id, find};
use super::{Issued, Summary, Target, Usual, is_live};
use crate::backend::Fault;
use crate::barrier::{Reader, Tombstone, Unique, Writer};
use crate::error::{Error, Result};
use crate::model::audit::Outcome;
use crate::model::id::{RecordId, TokenId};
use crate::model::name::RequestId;
use crate::model::profile::Profile;
use crate::model::time::{Expiry, Overlap, Span, Time};
use crate::model::token::{Form, Rotation, TokenRecord};
use crate::model::verdict::Reason;
use crate::ops::Core;
use crate::ops::journal::{self, Facts};
use crate::ops::lookup::Moment;

mod rules;

use rules::ensure_name;
pub(super) use rules::{ensure_not_stopped, ensure_replaceable};

/// The use of an old token after its end is noted at most this often, in seconds.
const NOTED_EVERY: i64 = 60;

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
    pub form: Form,
    /// What the caller calls this, so that it can be repeated.
    pub request: Option<RequestId>,
}

/// How long a successor lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// As long as the old one was to live, or as its connection allows by now.
    AsBefore,
    /// As a new token for which this was asked.
    As(Option<Expiry>),
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
pub enum Answer {
    /// It was replaced.
    Now(Box<Rotated>),
    /// The same request was answered before, and the sink holds the token that was made then.
    Before(Box<Summary>),
}

/// Replaces a token and delivers the new one; whatever fails, the old one is as it was.
///
/// The new one is for the same uses and has the name. A request with an id that was answered before
/// makes nothing, and one that was killed is finished if its sink has the token.
pub fn rotate<'a>(
    core: &mut Core,
    rotating: &Rotating,
    to: impl Into<Delivery<'a>>,
) -> Result<Answer> {
    let delivery = to.into();
    let (now, lifetime) = (core.now(), core.token_lifetime);
    let (old, owner, answered) = core.read(|r| {
        let (_, token) = find(r, &rotating.target)?;
        let answered = answered(r, &token, rotating.request.as_ref())?;
        Ok((token.public, token.owner, answered))
    })?;
    if let Some((request, successor)) = answered {
        if let Delivery::Pending(sink) = delivery
            && held_by(core, sink, successor)?.is_some()
            && let Some(there) = core.read(|r| standing(r, successor, now))?
        {
            return Ok(Answer::Before(there.into()));
        }
        return Err(Error::Answered { request, successor });
    }
    let (known, issued) = match delivery {
        Delivery::AtOnce(handover) => {
            let make = |w: &mut Writer<'_>| at_once(w, rotating, lifetime);
            let (old, issued) = deliver_undoing(core, handover, make, undo)?;
            (Some(old), issued)
        }
        Delivery::Pending(sink) => {
            let mut course = Succession { rotating, lifetime, owner, old: None };
            let issued = in_between(core, sink, &mut course, old)?;
            (course.old, issued)
        }
    };
    // It is known, unless another call finished this one. A question that fails now would hide that
    // all is done.
    let old = match known {
        Some(old) => old,
        None => core.read(|r| there(r, old, now))?,
    };
    Ok(Answer::Now(Rotated { issued, old }.into()))
}

/// What a token is that has to be there.
fn there(r: &mut Reader<'_>, id: TokenId, now: Time) -> Result<Summary> {
    standing(r, id, now)?.ok_or(Error::Bug("a token went missing"))
}

/// In one transaction.
pub(super) fn at_once(
    w: &mut Writer<'_>,
    rotating: &Rotating,
    lifetime: Span,
) -> Result<(Summary, Issued)> {
    let mut issued = succeed(w, rotating, lifetime, None)?;
    let (id, now) = (issued.summary.id, w.now());
    let (place, token) = by_id(w, id)?.ok_or(Error::Bug("a token went missing"))?;
    let old = hand_over(w, place, &token, rotating.overlap, rotating.request.as_ref())?;
    issued.summary = there(w, id, now)?;
    Ok((old, issued))
}

/// In two, with the delivery in between.
fn in_between(
    core: &mut Core,
    sink: &mut dyn Sink,
    course: &mut Succession<'_>,
    old: TokenId,
) -> Result<Issued> {
    let now = core.now();
    let Some(waiting) = core.read(|r| waiting(r, old, now))? else {
        return deliver_pending(core, sink, course);
    };
    let held = held_by(core, sink, waiting.public)?.ok_or(Fault::Busy)?;
    let form = course.rotating.form;
    let id = waiting.public;
    let done = core.write(|w| activate(w, id, |w, place, token| course.switch(w, place, token)));
    if matches!(done, Err(Error::Refused(_))) {
        discard(core, id, course);
    }
    Ok(finished(&held, done?.ok_or(Fault::Busy)?, form, waiting.owner))
}

struct Succession<'a> {
    rotating: &'a Rotating,
    lifetime: Span,
    owner: RecordId,
    /// The old one, as it is once its successor is good.
    old: Option<Summary>,
}

impl Course for Succession<'_> {
    fn owner(&self) -> Owner<'_> {
        Owner::Record(self.owner)
    }

    fn make(&mut self, w: &mut Writer<'_>, until: Time) -> Result<Issued> {
        succeed(w, self.rotating, self.lifetime, Some(until))
    }

    fn switch(&mut self, w: &mut Writer<'_>, id: RecordId, token: &TokenRecord) -> Result<()> {
        let Rotating { overlap, request, .. } = self.rotating;
        self.old = Some(hand_over(w, id, token, *overlap, request.as_ref())?);
        Ok(())
    }
}

/// The successor of a token that is still on its way.
fn waiting(r: &mut Reader<'_>, old: TokenId, now: Time) -> Result<Option<TokenRecord>> {
    let successor = by_id(r, old)?.and_then(|(_, token)| token.successor);
    let Some(successor) = successor else { return Ok(None) };
    let Some((_, token)) = by_id(r, successor)? else { return Ok(None) };
    let profile: Profile = r.require(token.owner)?;
    let waits = token.pending.is_some() && is_live(&token, &profile, Moment::new(r, now));
    Ok(waits.then_some(token))
}

/// Makes the successor and names it in the old one, which keeps its name and its end until
/// [`hand_over`], when the successor is delivered.
fn succeed(
    w: &mut Writer<'_>,
    rotating: &Rotating,
    lifetime: Span,
    until: Option<Time>,
) -> Result<Issued> {
    let (place, mut old) = find(w, &rotating.target)?;
    ensure_replaceable(w, &old)?;
    ensure_name(w, place, &old)?;
    let mut rules = Issuer::new(w, Usual::Allowed(lifetime));
    let issued = rules.succeed(w, &old, rotating.life, rotating.form, until)?;
    rules.finish(w)?;
    if let Some(min_life) = rotating.at_least {
        ensure_lasts(issued.summary.expires_at, min_life, w.now())?;
    }
    let profile: Profile = w.require(old.owner)?;
    old.successor = Some(issued.summary.id);
    w.put(place, &old)?;
    let facts = Facts::new()
        .of(old.owner, profile.name.as_ref())
        .with("successor", Some(issued.summary.id))
        .with("request", rotating.request.as_ref())
        .with("expires_at", issued.summary.expires_at);
    w.audit("token.rotate", journal::token(&old), facts.into())?;
    Ok(issued)
}

/// Gives the name to the successor, and the old one its end; says what that one is then. Refused if
/// somebody has stopped the old one since the successor was made.
pub(super) fn hand_over(
    w: &mut Writer<'_>,
    id: RecordId,
    new: &TokenRecord,
    overlap: Overlap,
    request: Option<&RequestId>,
) -> Result<Summary> {
    let predecessor = new.predecessor.ok_or(Error::Bug("a successor has a predecessor"))?;
    let (place, mut old) = by_id(w, predecessor)?.ok_or(Error::Bug("a token went missing"))?;
    let moment = Moment::new(w, w.now());
    ensure_not_stopped(w, &old, moment)?;
    ensure_name(w, place, &old)?;
    take(w, id, new)?;
    let over = overlap.end(w.now());
    let rotation = Rotation {
        predecessor,
        successor: new.public,
        request: request.cloned(),
        at: w.now(),
        former_end: old.expires_at,
        late_use_at: None,
    };
    old.expires_at = Some(old.expires_at.map_or(over, |end| end.min(over)));
    w.put(place, &old)?;
    let (kept, first_end) = match w.find(Unique::Rotation(predecessor))? {
        // Of a successor that is gone. The end that the old one had before that is not known any more.
        Some(kept) => (kept, None),
        None => (w.fresh_id()?, rotation.former_end),
    };
    w.record_tombstone(Tombstone::replaced(place, old.expires_at, first_end));
    w.put(kept, &rotation)?;
    w.reindex(Unique::Rotation(predecessor), kept)?;
    let now = w.now();
    there(w, predecessor, now)
}

/// Takes a successor back that nobody got; the old token is as it was. What somebody has done to the
/// successor meanwhile was meant for whatever had the name: one that is revoked or replaced brings
/// nothing back, and one that is suspended brings the old one back suspended.
fn undo(w: &mut Writer<'_>, id: TokenId) -> Result<()> {
    let Some((_, new)) = by_id(w, id)? else { return Ok(()) };
    revoke_undelivered(w, id)?;
    if new.revoked.is_some() || new.successor.is_some() {
        return Ok(());
    }
    let Some(predecessor) = new.predecessor else { return Ok(()) };
    let Some((old_place, mut old)) = by_id(w, predecessor)? else { return Ok(()) };
    let holder = w.find(Unique::TokenName(old.owner, &old.name.canonical()))?;
    if holder.is_none() && old.revoked.is_none() {
        take(w, old_place, &old)?;
    }
    if let Some((_, rotation)) = rotation(w, predecessor)? {
        old.expires_at = rotation.former_end;
        w.record_tombstone(Tombstone::replaced(old_place, old.expires_at, old.expires_at));
        forget_rotation(w, predecessor)?;
    }
    old.successor = None;
    pass_on_suspension(w, &new, old_place, &mut old)?;
    w.put(old_place, &old)
}

/// Suspends a token that comes back as the one that had its place is. Of two suspensions that which
/// lasts longer holds.
fn pass_on_suspension(
    w: &mut Writer<'_>,
    new: &TokenRecord,
    place: RecordId,
    old: &mut TokenRecord,
) -> Result<()> {
    let now = w.now();
    let Some(suspension) = new.suspended.as_ref().filter(|it| it.holds(now)) else {
        return Ok(());
    };
    let own = old.suspended.as_ref().filter(|it| it.holds(now));
    // Without an end it lasts longest.
    let end = |until: Option<Time>| until.unwrap_or(Time::LAST);
    if own.is_some_and(|own| end(own.until) >= end(suspension.until)) {
        return Ok(());
    }
    old.suspended = Some(suspension.clone());
    w.record_tombstone(Tombstone::suspended(place, suspension.until));
    let profile: Profile = w.require(old.owner)?;
    let facts = Facts::new()
        .of(old.owner, profile.name.as_ref())
        .with("reason", suspension.reason.as_ref())
        .with("until", suspension.until);
    w.audit_outcome("token.suspend", Outcome::Undelivered, journal::token(old), facts.into())
}

/// Forgets that a token was replaced.
pub(super) fn forget_rotation(w: &mut Writer<'_>, old: TokenId) -> Result<()> {
    let Some((kept, _)) = rotation(w, old)? else { return Ok(()) };
    w.unindex(Unique::Rotation(old))?;
    w.remove(kept)
}

/// The token that replaced `old` is gone, and was replaced itself. What the request was called goes with
/// it: it was answered by the one that is gone.
pub(super) fn pass_on_rotation(w: &mut Writer<'_>, old: TokenId, to: TokenId) -> Result<()> {
    let Some((kept, rotation)) = rotation(w, old)? else { return Ok(()) };
    w.put(kept, &Rotation { successor: to, request: None, ..rotation })
}

fn rotation(r: &mut Reader<'_>, old: TokenId) -> Result<Option<(RecordId, Rotation)>> {
    let Some(place) = r.find(Unique::Rotation(old))? else { return Ok(None) };
    let rotation: Rotation = r.require(place)?;
    if rotation.predecessor != old {
        return Err(Error::Integrity("a token's id leads to another rotation".to_owned()));
    }
    Ok(Some((place, rotation)))
}

/// The request, if it was answered before, and the token that was made then: anywhere in the chain of
/// those that took each other's place.
fn answered(
    r: &mut Reader<'_>,
    token: &TokenRecord,
    request: Option<&RequestId>,
) -> Result<Option<(RequestId, TokenId)>> {
    let Some(request) = request else { return Ok(None) };
    let mut newest = token.clone();
    while let Some(successor) = newest.successor {
        let Some((_, next)) = by_id(r, successor)? else { break };
        newest = next;
    }
    let mut older = newest.predecessor;
    while let Some(id) = older {
        if let Some((_, rotation)) = rotation(r, id)?
            && rotation.request.as_ref().is_some_and(|it| it.same_as(request))
        {
            return Ok(Some((request.clone(), rotation.successor)));
        }
        older = by_id(r, id)?.and_then(|(_, token)| token.predecessor);
    }
    Ok(None)
}

/// Where the use of an old token after its end is to be noted, if it is time to.
pub(in crate::ops) fn late_use(
    r: &mut Reader<'_>,
    token: &TokenRecord,
    reason: Reason,
    now: Time,
) -> Result<Option<RecordId>> {
    let over = matches!(reason, Reason::Expired | Reason::Revoked);
    if !over || token.successor.is_none() {
        return Ok(None);
    }
    let Some((place, rotation)) = rotation(r, token.public)? else { return Ok(None) };
    let due = |last: Time| now.seconds() - last.seconds() >= NOTED_EVERY;
    Ok(rotation.late_use_at.is_none_or(due).then_some(place))
}

/// Writes down that an old token was used after its end. It does nothing to its successor.
pub(in crate::ops) fn note_late_use(w: &mut Writer<'_>, rotation: RecordId) -> Result<()> {
    let Some(mut kept) = w.get::<Rotation>(rotation)? else { return Ok(()) };
    let Some((_, old)) = by_id(w, kept.predecessor)? else { return Ok(()) };
    kept.late_use_at = kept.late_use_at.max(Some(w.now()));
    w.put(rotation, &kept)?;
    let profile: Profile = w.require(old.owner)?;
    let facts = Facts::new()
        .of(old.owner, profile.name.as_ref())
        .with("successor", Some(kept.successor))
        .with("ended_at", old.revoked.as_ref().map(|it| it.at).or(old.expires_at));
    w.audit_outcome("token.late_use", Outcome::Refused, journal::token(&old), facts.into())
}
