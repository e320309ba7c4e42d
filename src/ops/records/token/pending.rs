//! Pending tokens: they have their names, and are not valid before their sink has them.
//!
//! A token that is not delivered by its deadline is removed by the next write of any kind.

use super::find::{by_id, of_profile};
use super::names::release_names;
use super::summary::{Summary, summary_by_id};
use crate::barrier::{List, Reader, Unique, Writer};
use crate::error::{Error, Result};
use crate::model::audit::{Action, Outcome};
use crate::model::id::{RecordId, TokenId};
use crate::model::profile::Profile;
use crate::model::time::Time;
use crate::model::token::TokenRecord;
use crate::ops::records::code;
use crate::ops::records::journal::{self, LogFacts};

/// Seconds between the sink's time limit and the removal of its token: as long as a writer waits
/// for the store.
const GRACE: i64 = 5;

/// The deadline of a token issued now, for a sink with this time limit in seconds.
pub(in crate::ops) fn deadline(now: Time, timeout_seconds: u32) -> Time {
    Time::from_seconds(now.seconds() + i64::from(timeout_seconds) + GRACE)
}

/// Adds a token to the list of pending tokens.
pub(in crate::ops) fn enter(w: &mut Writer<'_>, id: RecordId) -> Result<()> {
    let count = count(w)?;
    w.push(List::Pending, count, id)
}

/// Removes a token from that list.
pub(in crate::ops) fn leave(w: &mut Writer<'_>, id: RecordId) -> Result<()> {
    let count = count(w)?;
    // Last ones first: a call that issued many removes them from the end, which is fast only this
    // way.
    for position in (0..count).rev() {
        if w.at(List::Pending, position.into())? == id {
            return w.pull_entry(List::Pending, count, position).map(drop);
        }
    }
    Err(Error::Integrity(
        "a pending token is missing from the list of pending tokens".to_owned(),
    ))
}

fn count(r: &mut Reader<'_>) -> Result<u32> {
    let mut count: u32 = 0;
    while r.find_at(List::Pending, count.into())?.is_some() {
        count += 1;
    }
    Ok(count)
}

/// Removes the pending tokens whose deadline has passed.
pub(in crate::ops) fn expire_pending(w: &mut Writer<'_>) -> Result<()> {
    let mut position = 0;
    while let Some(id) = w.find_at(List::Pending, position)? {
        let token: TokenRecord = w.require(id)?;
        if token.pending.is_some_and(|pending| w.now() < pending.until) {
            position += 1;
            continue;
        }
        // The last token of the list moves to this position.
        remove_undelivered(w, id, "not delivered in time")?;
    }
    // A later scan of the records must not see what was removed.
    w.flush()
}

/// Activates a token that is still pending; `switch` makes the accompanying changes. Returns its
/// record, or `None` if it was revoked or removed meanwhile.
pub(in crate::ops) fn activate(
    w: &mut Writer<'_>,
    public: TokenId,
    switch: impl FnOnce(&mut Writer<'_>, RecordId, &TokenRecord) -> Result<()>,
) -> Result<Option<Summary>> {
    let Some((id, mut token)) = by_id(w, public)? else {
        return Ok(None);
    };
    let profile: Profile = w.require(token.owner)?;
    if token.revoked.is_some() || profile.deleted_at.is_some() {
        return Ok(None);
    }
    // A second call may have found it in the sink and activated it first.
    if token.pending.take().is_some() {
        leave(w, id)?;
        w.put(id, &token)?;
        let facts = LogFacts::new().of(token.owner, profile.name.as_ref());
        w.audit(Action::TokenActivate, journal::token(&token), facts.into())?;
        switch(w, id, &token)?;
    }
    let now = w.now();
    summary_by_id(w, public, now)
}

/// Removes a pending token as if it had never been issued, and restores the code that it was
/// exchanged for.
pub(in crate::ops) fn remove_undelivered(
    w: &mut Writer<'_>,
    id: RecordId,
    why: &str,
) -> Result<()> {
    let token: TokenRecord = w.require(id)?;
    let mut profile: Profile = w.require(token.owner)?;
    leave(w, id)?;
    w.unindex(Unique::Token(token.public))?;
    let tokens = profile.tokens;
    let place = token.position;
    w.pull::<TokenRecord>(List::TokensOf(token.owner), tokens, place, |record| {
        &mut record.position
    })?;
    profile.tokens = tokens.saturating_sub(1);
    w.put(token.owner, &profile)?;
    return_name(w, id, &token, profile.tokens)?;
    w.remove(id)?;
    forget_successor(w, &token)?;
    let code = token.pending.and_then(|pending| pending.code);
    let code = match code {
        Some(place) if code::restore_used(w, place, &token)? => Some(place.1),
        _ => None,
    };
    let facts = LogFacts::new()
        .of(token.owner, profile.name.as_ref())
        .with("reason", Some(why))
        .with("code", code);
    w.audit_outcome(
        Action::TokenUndo,
        Outcome::Undelivered,
        journal::token(&token),
        facts.into(),
    )
}

/// Returns the name to the expired token that had given it up, if there is one. Its device stays
/// free.
fn return_name(w: &mut Writer<'_>, id: RecordId, token: &TokenRecord, tokens: u32) -> Result<()> {
    let name = token.name.canonical();
    let held = w.find(Unique::TokenName(token.owner, &name))? == Some(id);
    release_names(w, id, token)?;
    if !held {
        return Ok(());
    }
    let others = of_profile(w, token.owner, tokens)?.into_iter();
    let gave_up =
        others.filter(|(_, other)| other.revoked.is_none() && other.name.canonical() == name);
    match gave_up.max_by_key(|(_, other)| other.created_at) {
        Some((earlier, _)) => w.index(Unique::TokenName(token.owner, &name), earlier),
        None => Ok(()),
    }
}

/// Clears the successor in the token that this one was to replace.
pub(in crate::ops) fn forget_successor(w: &mut Writer<'_>, token: &TokenRecord) -> Result<()> {
    let Some(predecessor) = token.predecessor else {
        return Ok(());
    };
    let Some((place, mut old)) = by_id(w, predecessor)? else {
        return Ok(());
    };
    if old.successor == Some(token.public) {
        old.successor = None;
        w.put(place, &old)?;
    }
    Ok(())
}
