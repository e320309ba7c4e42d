//! Ensures that a sink holds a valid token: issues one only if it does not.

use super::rotate::{RotateAnswer, RotateRequest, Rotated, rotate, rotate_immediately};
use crate::barrier::{Reader, Unique, Writer};
use crate::core::Core;
use crate::error::{Error, Existing, Result};
use crate::model::audit::Action;
use crate::model::id::TokenId;
use crate::model::profile::Profile;
use crate::model::time::{Overlap, Span, Time};
use crate::model::token::{Token, TokenAddress, TokenRecord};
use crate::model::verdict::Reason;
use crate::ops::delivery::{
    DeferredSink, Delivery, TwoPhase, deliver_in_two_phases, prepare, recover, undelivered,
};
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::lookup;
use crate::ops::records::occupant::SinkOwner;
use crate::ops::records::token::{
    DefaultLifetime, Draft, Issued, SuccessorLifetime, Summary, by_id, ensure_long_enough,
    ensure_not_stopped, find_secret, is_for, is_live, issue_pending, issue_within, lasts, summary,
};

/// The token that a sink should hold.
#[derive(Debug)]
pub struct EnsureRequest {
    /// The token.
    pub draft: Draft,
    /// The minimum remaining lifetime, from now on.
    pub min_life: Span,
    /// The maximum overlap of a replaced token.
    pub overlap: Overlap,
}

impl EnsureRequest {
    /// The request to replace `old`.
    fn rotating(&self, old: TokenId) -> RotateRequest {
        let Self {
            draft,
            min_life,
            overlap,
        } = self;
        RotateRequest {
            target: TokenAddress::Id(old).into(),
            overlap: *overlap,
            life: SuccessorLifetime::Requested(draft.expires),
            at_least: Some(*min_life),
            form: draft.form,
            request: None,
        }
    }
}

/// What was done.
#[derive(Debug)]
pub enum Ensured {
    /// Nothing: the sink holds this token, and it is valid for long enough.
    Kept(Box<Summary>),
    /// A token was issued, or one that a killed call had left pending was activated.
    Made(Box<Issued>),
    /// The token was replaced, because it expires too soon or was in another sink.
    Rotated(Box<Rotated>),
}

/// Ensures that a sink holds a valid token, and changes nothing if it does.
///
/// # Errors
///
/// As [`token::issue`](crate::ops::token::issue()) and
/// [`token::rotate`](crate::ops::token::rotate()); a token with another scope has the name; or the
/// token would expire too soon.
pub fn ensure(
    core: &mut Core,
    ensuring: &EnsureRequest,
    sink: &mut dyn DeferredSink,
) -> Result<Ensured> {
    match once(core, ensuring, sink) {
        // If another call was faster since the check, the sink may hold the token of that call.
        Err(Error::Exists(Existing::Token(..) | Existing::Successor { .. })) => {
            once(core, ensuring, sink)
        }
        done => done,
    }
}

/// What [`ensure`] would do.
#[derive(Debug)]
pub enum Needed {
    /// Nothing: the sink holds this token, and it is valid for long enough.
    Nothing(Box<Summary>),
    /// Activate this token, which a killed call left pending.
    Finishing(Box<Summary>),
    /// Issue a token like this one, with another id.
    Making(Box<Issued>),
    /// Replace the old one with a token like this one, with another id.
    Replacing(Box<Rotated>),
}

/// Returns what [`ensure`] would do, or the error it would return; changes nothing.
///
/// # Errors
///
/// As [`ensure`], except for errors that only the delivery can show.
pub fn preview_ensure(
    core: &mut Core,
    ensuring: &EnsureRequest,
    sink: &mut dyn DeferredSink,
) -> Result<Needed> {
    let now = core.now();
    let lifetime = core.token_lifetime;
    let failed = |source| undelivered(None, source);
    let held = sink.held_token().map_err(failed)?;
    let (standing, left) = core.read(|r| {
        let left = match &held {
            Some(held) => left_pending(r, held, &ensuring.draft, now)?,
            None => None,
        };
        Ok((look(r, ensuring, held.as_ref(), now)?, left))
    })?;
    if let EnsureState::Valid(token) = standing {
        return Ok(Needed::Nothing(token));
    }
    if let Some(token) = left {
        return Ok(Needed::Finishing(token.into()));
    }
    let draft = &ensuring.draft;
    prepare(core, sink, SinkOwner::Named(&draft.profile))?;
    core.rehearse(|w| {
        if let EnsureState::Replaceable(old) = standing {
            let (old, issued) = rotate_immediately(w, &ensuring.rotating(old), lifetime)?;
            return Ok(Needed::Replacing(Rotated { issued, old }.into()));
        }
        let issued = issue_within(
            w,
            draft,
            DefaultLifetime::Allowed(lifetime),
            Action::TokenAdd,
        )?;
        ensure_long_enough(issued.summary.expires_at, ensuring.min_life, w.now())?;
        Ok(Needed::Making(issued.into()))
    })
}

/// The token that a sink holds, if it has that name and is still pending.
fn left_pending(
    r: &mut Reader<'_>,
    held: &Token,
    draft: &Draft,
    now: Time,
) -> Result<Option<Summary>> {
    let Some((id, token)) = find_secret(r, held)? else {
        return Ok(None);
    };
    let (profile, clocks): (Profile, _) = (r.require(token.owner)?, Clocks::new(r, now));
    let own = profile
        .name
        .as_ref()
        .is_some_and(|name| name.same_as(&draft.profile));
    let waits = token.pending.is_some() && is_live(&token, &profile, clocks);
    if !own || !waits || !token.name.same_as(&draft.name) {
        return Ok(None);
    }
    if let Some(old) = token.predecessor {
        // It is completed by replacing that one, and only then.
        let old = by_id(r, old)?.filter(|(_, old)| is_live(old, &profile, clocks));
        let Some((_, old)) = old else { return Ok(None) };
        ensure_not_stopped(r, &old, clocks)?;
    }
    summary(r, &mut ReferentCache::default(), clocks, (id, &token)).map(Some)
}

fn once(core: &mut Core, ensuring: &EnsureRequest, sink: &mut dyn DeferredSink) -> Result<Ensured> {
    let now = core.now();
    let standing = core.read(|r| {
        // Within the transaction, so that the sink is not read before the store: a valid token for
        // this sink was in it before.
        let held = sink
            .held_token()
            .map_err(|source| undelivered(None, source))?;
        look(r, ensuring, held.as_ref(), now)
    })?;
    let old = match standing {
        EnsureState::Valid(token) => return Ok(Ensured::Kept(token)),
        EnsureState::Replaceable(old) => old,
        EnsureState::Missing => return make(core, ensuring, sink),
    };
    match rotate(core, &ensuring.rotating(old), Delivery::Deferred(sink))? {
        RotateAnswer::Now(rotated) => Ok(Ensured::Rotated(rotated)),
        RotateAnswer::Before(_) => Err(Error::Bug("a request without an id was answered before")),
    }
}

/// The state of the token that a sink should hold.
enum EnsureState {
    /// The sink holds it.
    Valid(Box<Summary>),
    /// This one is to be replaced.
    Replaceable(TokenId),
    /// There is none.
    Missing,
}

fn look(
    r: &mut Reader<'_>,
    ensuring: &EnsureRequest,
    held: Option<&Token>,
    now: Time,
) -> Result<EnsureState> {
    let draft = &ensuring.draft;
    let clocks = Clocks::new(r, now);
    // An unknown profile is an error, whatever the sink holds.
    let (owner, profile) = lookup::named::<Profile>(r, &draft.profile)?;
    if let Some(held) = held
        && let Some((id, token)) = find_secret(r, held)?
        && token.owner == owner
        && is_for(r, &token, &profile, draft)?
    {
        let summary = summary(r, &mut ReferentCache::default(), clocks, (id, &token))?;
        let enough = lasts(summary.expires_at, ensuring.min_life, now);
        match summary.effective {
            Reason::Valid if enough => return Ok(EnsureState::Valid(summary.into())),
            Reason::Valid if !is_replaced(r, &token, &profile, clocks)? => {
                return Ok(EnsureState::Replaceable(token.public));
            }
            _ => {}
        }
    }
    // The token of that name may be in another sink, or in none any more.
    let Some(record_id) = r.find(Unique::TokenName(owner, &draft.name.canonical()))? else {
        return Ok(EnsureState::Missing);
    };
    let holder: TokenRecord = r.require(record_id)?;
    let settled = is_live(&holder, &profile, clocks) && holder.pending.is_none();
    if settled && is_for(r, &holder, &profile, draft)? {
        return Ok(EnsureState::Replaceable(holder.public));
    }
    // A token with another scope is not touched: issuing another is refused, because its name is
    // taken.
    Ok(EnsureState::Missing)
}

/// Whether it already has a successor.
fn is_replaced(
    r: &mut Reader<'_>,
    token: &TokenRecord,
    profile: &Profile,
    clocks: Clocks,
) -> Result<bool> {
    let Some(successor) = token.successor else {
        return Ok(false);
    };
    let Some((_, new)) = by_id(r, successor)? else {
        return Ok(false);
    };
    Ok(new.pending.is_none() && is_live(&new, profile, clocks))
}

fn make(core: &mut Core, ensuring: &EnsureRequest, sink: &mut dyn DeferredSink) -> Result<Ensured> {
    let mut steps = EnsuredToken {
        ensuring,
        lifetime: core.token_lifetime,
    };
    let issued = match recover(core, sink, &ensuring.draft, &mut steps)? {
        Some(finished) => finished,
        None => deliver_in_two_phases(core, sink, &mut steps)?,
    };
    Ok(Ensured::Made(issued.into()))
}

/// A token that is valid for long enough.
struct EnsuredToken<'a> {
    ensuring: &'a EnsureRequest,
    lifetime: Span,
}

impl TwoPhase for EnsuredToken<'_> {
    fn owner(&self) -> SinkOwner<'_> {
        SinkOwner::Named(&self.ensuring.draft.profile)
    }

    fn prepare(&mut self, w: &mut Writer<'_>, until: Time) -> Result<Issued> {
        let EnsureRequest {
            draft, min_life, ..
        } = self.ensuring;
        let issued = issue_pending(w, draft, DefaultLifetime::Allowed(self.lifetime), until)?;
        ensure_long_enough(issued.summary.expires_at, *min_life, w.now())?;
        Ok(issued)
    }
}
