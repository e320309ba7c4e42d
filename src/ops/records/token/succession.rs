//! Completes a rotation, or undoes it.

use super::end::revoke_undelivered;
use super::find::by_id;
use super::names::claim_names;
use super::replaceable::{ensure_holds_name, ensure_not_stopped};
use super::rotation::{forget_rotation, rotation};
use super::state::is_live;
use super::summary::{Summary, required_summary};
use crate::barrier::{Reader, Tombstone, Unique, Writer};
use crate::error::{Error, Result};
use crate::model::audit::{Action, Outcome};
use crate::model::id::{RecordId, TokenId};
use crate::model::name::RequestId;
use crate::model::profile::Profile;
use crate::model::time::{Overlap, Time};
use crate::model::token::{Rotation, TokenRecord};
use crate::ops::records::clocks::Clocks;
use crate::ops::records::journal::{self, LogFacts};

/// Completes a rotation: assigns the name to the successor and sets the expiry of the old token;
/// returns the old token's new summary. Refused if somebody has stopped the old token since the
/// successor was issued.
pub(in crate::ops) fn complete_rotation(
    w: &mut Writer<'_>,
    id: RecordId,
    new: &TokenRecord,
    overlap: Overlap,
    request: Option<&RequestId>,
) -> Result<Summary> {
    let predecessor = new
        .predecessor
        .ok_or(Error::Bug("a successor has a predecessor"))?;
    let (record_id, mut old) = by_id(w, predecessor)?.ok_or(Error::Bug("a token went missing"))?;
    let clocks = Clocks::new(w, w.now());
    ensure_not_stopped(w, &old, clocks)?;
    ensure_holds_name(w, record_id, &old)?;
    claim_names(w, id, new)?;
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
    w.put(record_id, &old)?;
    let (kept, first_end) = match w.find(Unique::Rotation(predecessor))? {
        // A record of a removed successor. The old token's expiry before that is not known any
        // more.
        Some(kept) => (kept, None),
        None => (w.fresh_id()?, rotation.former_end),
    };
    w.record_tombstone(Tombstone::replaced(record_id, old.expires_at, first_end));
    w.put(kept, &rotation)?;
    w.reindex(Unique::Rotation(predecessor), kept)?;
    let now = w.now();
    required_summary(w, predecessor, now)
}

/// Revokes a successor that nobody received and restores the old token. What somebody did to the
/// successor meanwhile applied to the token of that name: if it was revoked or replaced, nothing is
/// restored; if it was suspended, the old token is restored suspended.
pub(in crate::ops) fn undo_succession(w: &mut Writer<'_>, id: TokenId) -> Result<()> {
    let Some((_, new)) = by_id(w, id)? else {
        return Ok(());
    };
    revoke_undelivered(w, id)?;
    if new.revoked.is_some() || new.successor.is_some() {
        return Ok(());
    }
    let Some(predecessor) = new.predecessor else {
        return Ok(());
    };
    let Some((old_place, mut old)) = by_id(w, predecessor)? else {
        return Ok(());
    };
    let holder = w.find(Unique::TokenName(old.owner, &old.name.canonical()))?;
    if holder.is_none() && old.revoked.is_none() {
        claim_names(w, old_place, &old)?;
    }
    if let Some((_, rotation)) = rotation(w, predecessor)? {
        old.expires_at = rotation.former_end;
        w.record_tombstone(Tombstone::replaced(
            old_place,
            old.expires_at,
            old.expires_at,
        ));
        forget_rotation(w, predecessor)?;
    }
    old.successor = None;
    pass_on_suspension(w, &new, old_place, &mut old)?;
    w.put(old_place, &old)
}

/// Copies the suspension of a successor to the token that is restored. Of two suspensions the one
/// that ends later is kept.
fn pass_on_suspension(
    w: &mut Writer<'_>,
    new: &TokenRecord,
    record_id: RecordId,
    old: &mut TokenRecord,
) -> Result<()> {
    let now = w.now();
    let Some(suspension) = new
        .suspended
        .as_ref()
        .filter(|suspension| suspension.holds(now))
    else {
        return Ok(());
    };
    let own = old
        .suspended
        .as_ref()
        .filter(|suspension| suspension.holds(now));
    // Without an expiry it ends last.
    let end = |until: Option<Time>| until.unwrap_or(Time::LAST);
    if own.is_some_and(|own| end(own.until) >= end(suspension.until)) {
        return Ok(());
    }
    old.suspended = Some(suspension.clone());
    w.record_tombstone(Tombstone::suspended(record_id, suspension.until));
    let profile: Profile = w.require(old.owner)?;
    let facts = LogFacts::new()
        .of(old.owner, profile.name.as_ref())
        .with("reason", suspension.reason.as_ref())
        .with("until", suspension.until);
    w.audit_outcome(
        Action::TokenSuspend,
        Outcome::Undelivered,
        journal::token(old),
        facts.into(),
    )
}

/// The pending successor of a token.
pub(in crate::ops) fn waiting_successor(
    r: &mut Reader<'_>,
    old: TokenId,
    now: Time,
) -> Result<Option<TokenRecord>> {
    let successor = by_id(r, old)?.and_then(|(_, token)| token.successor);
    let Some(successor) = successor else {
        return Ok(None);
    };
    let Some((_, token)) = by_id(r, successor)? else {
        return Ok(None);
    };
    let profile: Profile = r.require(token.owner)?;
    let waits = token.pending.is_some() && is_live(&token, &profile, Clocks::new(r, now));
    Ok(waits.then_some(token))
}
