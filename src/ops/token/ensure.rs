//! A sink that is to hold a valid token: it is inspected, and only given one if it does not.

use super::rotate::{RotateAnswer, Rotated, Rotating, at_once, rotate};
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
    Draft, Issued, Life, Summary, Usual, by_id, ensure_lasts, ensure_not_stopped, find_secret,
    is_for, is_live, issue_pending, issue_within, lasts, summary,
};

/// What a place is to hold.
#[derive(Debug)]
pub struct Ensuring {
    /// The token.
    pub draft: Draft,
    /// How long it is to be good at least, from now on.
    pub min_life: Span,
    /// How long one that is replaced stays good, at most.
    pub overlap: Overlap,
}

impl Ensuring {
    /// How `old` is replaced.
    fn rotating(&self, old: TokenId) -> Rotating {
        let Self {
            draft,
            min_life,
            overlap,
        } = self;
        Rotating {
            target: TokenAddress::Id(old).into(),
            overlap: *overlap,
            life: Life::As(draft.expires),
            at_least: Some(*min_life),
            form: draft.form,
            request: None,
        }
    }
}

/// What was needed.
#[derive(Debug)]
pub enum Ensured {
    /// Nothing: the place holds this token, and it is good for long enough.
    Kept(Box<Summary>),
    /// There was none, or a killed call had left one half way.
    Made(Box<Issued>),
    /// There was one that ends too soon, or that is in another place.
    Rotated(Box<Rotated>),
}

/// Makes sure that a place holds a good token, and changes nothing if it does.
///
/// # Errors
///
/// As [`token::issue`](crate::ops::token::issue()) and
/// [`token::rotate`](crate::ops::token::rotate()); the name is held by a token for other uses; or
/// the token would not last as long as it has to.
pub fn ensure(
    core: &mut Core,
    ensuring: &Ensuring,
    sink: &mut dyn DeferredSink,
) -> Result<Ensured> {
    match once(core, ensuring, sink) {
        // If another call was faster since the look, the place may hold what that one has made.
        Err(Error::Exists(Existing::Token(..)) | Error::Exists(Existing::Successor { .. })) => {
            once(core, ensuring, sink)
        }
        done => done,
    }
}

/// What [`ensure`] would do.
#[derive(Debug)]
pub enum Needed {
    /// Nothing: the place holds this token, and it is good for long enough.
    Nothing(Box<Summary>),
    /// A call that was killed left this token there; it would be made good.
    Finishing(Box<Summary>),
    /// A token as this one would be made; only its id would be another.
    Making(Box<Issued>),
    /// The old one would be replaced by one as this; only its id would be another.
    Replacing(Box<Rotated>),
}

/// Says what [`ensure`] would do and what would be refused, and changes nothing.
///
/// # Errors
///
/// As [`ensure`], but for what only the delivery can show.
pub fn foresee_ensure(
    core: &mut Core,
    ensuring: &Ensuring,
    sink: &mut dyn DeferredSink,
) -> Result<Needed> {
    let now = core.now();
    let lifetime = core.token_lifetime;
    let failed = |source| undelivered(None, source);
    let held = sink.held().map_err(failed)?;
    let (standing, left) = core.read(|r| {
        let left = match &held {
            Some(held) => left_by_a_kill(r, held, &ensuring.draft, now)?,
            None => None,
        };
        Ok((look(r, ensuring, held.as_ref(), now)?, left))
    })?;
    if let EnsureState::Good(token) = standing {
        return Ok(Needed::Nothing(token));
    }
    if let Some(token) = left {
        return Ok(Needed::Finishing(token.into()));
    }
    let draft = &ensuring.draft;
    prepare(core, sink, SinkOwner::Named(&draft.profile))?;
    core.rehearse(|w| {
        if let EnsureState::Replaceable(old) = standing {
            let (old, issued) = at_once(w, &ensuring.rotating(old), lifetime)?;
            return Ok(Needed::Replacing(Rotated { issued, old }.into()));
        }
        let issued = issue_within(w, draft, Usual::Allowed(lifetime), Action::TokenAdd)?;
        ensure_lasts(issued.summary.expires_at, ensuring.min_life, w.now())?;
        Ok(Needed::Making(issued.into()))
    })
}

/// The token that a place holds, if it is of that name and still waits to be made good.
fn left_by_a_kill(
    r: &mut Reader<'_>,
    held: &Token,
    draft: &Draft,
    now: Time,
) -> Result<Option<Summary>> {
    let Some((_, token)) = find_secret(r, held)? else {
        return Ok(None);
    };
    let (profile, clocks): (Profile, _) = (r.require(token.owner)?, Clocks::new(r, now));
    let own = profile
        .name
        .as_ref()
        .is_some_and(|it| it.same_as(&draft.profile));
    let waits = token.pending.is_some() && is_live(&token, &profile, clocks);
    if !own || !waits || !token.name.same_as(&draft.name) {
        return Ok(None);
    }
    if let Some(old) = token.predecessor {
        // It is finished by replacing that one, and only then.
        let old = by_id(r, old)?.filter(|(_, old)| is_live(old, &profile, clocks));
        let Some((_, old)) = old else { return Ok(None) };
        ensure_not_stopped(r, &old, clocks)?;
    }
    summary(r, &mut ReferentCache::default(), clocks, &token).map(Some)
}

fn once(core: &mut Core, ensuring: &Ensuring, sink: &mut dyn DeferredSink) -> Result<Ensured> {
    let now = core.now();
    let standing = core.read(|r| {
        // Within, so that the place is not older than the store: a token that is good here, and is
        // for this place, was there before.
        let held = sink.held().map_err(|source| undelivered(None, source))?;
        look(r, ensuring, held.as_ref(), now)
    })?;
    let old = match standing {
        EnsureState::Good(token) => return Ok(Ensured::Kept(token)),
        EnsureState::Replaceable(old) => old,
        EnsureState::Missing => return make(core, ensuring, sink),
    };
    match rotate(core, &ensuring.rotating(old), Delivery::Deferred(sink))? {
        RotateAnswer::Now(rotated) => Ok(Ensured::Rotated(rotated)),
        RotateAnswer::Before(_) => Err(Error::Bug("a request without an id was answered before")),
    }
}

/// What there is of what is to be there.
enum EnsureState {
    /// The place holds it.
    Good(Box<Summary>),
    /// This one is to be replaced.
    Replaceable(TokenId),
    /// None at all.
    Missing,
}

fn look(
    r: &mut Reader<'_>,
    ensuring: &Ensuring,
    held: Option<&Token>,
    now: Time,
) -> Result<EnsureState> {
    let draft = &ensuring.draft;
    let clocks = Clocks::new(r, now);
    // Whoever asks for a profile that is not there is told so, whatever the place holds.
    let (owner, profile) = lookup::named::<Profile>(r, &draft.profile)?;
    if let Some(held) = held
        && let Some((_, token)) = find_secret(r, held)?
        && token.owner == owner
        && is_for(r, &token, &profile, draft)?
    {
        let summary = summary(r, &mut ReferentCache::default(), clocks, &token)?;
        let enough = lasts(summary.expires_at, ensuring.min_life, now);
        match summary.effective {
            Reason::Valid if enough => return Ok(EnsureState::Good(summary.into())),
            Reason::Valid if !is_replaced(r, &token, &profile, clocks)? => {
                return Ok(EnsureState::Replaceable(token.public));
            }
            _ => {}
        }
    }
    // Its name may be with one that is in another place, or nowhere any more.
    let Some(place) = r.find(Unique::TokenName(owner, &draft.name.canonical()))? else {
        return Ok(EnsureState::Missing);
    };
    let holder: TokenRecord = r.require(place)?;
    let settled = is_live(&holder, &profile, clocks) && holder.pending.is_none();
    if settled && is_for(r, &holder, &profile, draft)? {
        return Ok(EnsureState::Replaceable(holder.public));
    }
    // One that is for other uses is not touched: making another is refused, as its name is taken.
    Ok(EnsureState::Missing)
}

/// Whether its successor is there already.
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

fn make(core: &mut Core, ensuring: &Ensuring, sink: &mut dyn DeferredSink) -> Result<Ensured> {
    let mut steps = Lasting {
        ensuring,
        lifetime: core.token_lifetime,
    };
    let issued = match recover(core, sink, &ensuring.draft, &mut steps)? {
        Some(finished) => finished,
        None => deliver_in_two_phases(core, sink, &mut steps)?,
    };
    Ok(Ensured::Made(issued.into()))
}

/// A token that is good for long enough.
struct Lasting<'a> {
    ensuring: &'a Ensuring,
    lifetime: Span,
}

impl TwoPhase for Lasting<'_> {
    fn owner(&self) -> SinkOwner<'_> {
        SinkOwner::Named(&self.ensuring.draft.profile)
    }

    fn prepare(&mut self, w: &mut Writer<'_>, until: Time) -> Result<Issued> {
        let Ensuring {
            draft, min_life, ..
        } = self.ensuring;
        let issued = issue_pending(w, draft, Usual::Allowed(self.lifetime), until)?;
        ensure_lasts(issued.summary.expires_at, *min_life, w.now())?;
        Ok(issued)
    }
}
