//! Pending tokens: they hold their names, and are not valid before their sink has them.
//!
//! What is not delivered by its deadline is removed by the next write, whoever makes it.

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

/// Seconds between the last moment at which a sink may be done and the one at which its token is
/// swept: as long as a writer waits for its turn.
const GRACE: i64 = 5;

/// Until when a token that is made now is kept for a sink that may take `patience` seconds.
pub(in crate::ops) fn deadline(now: Time, patience: u32) -> Time {
    Time::from_seconds(now.seconds() + i64::from(patience) + GRACE)
}

/// Puts a token on the list of those that may have to be removed.
pub(in crate::ops) fn enter(w: &mut Writer<'_>, id: RecordId) -> Result<()> {
    let count = count(w)?;
    w.push(List::Pending, count, id)
}

/// Takes a token off that list.
pub(in crate::ops) fn leave(w: &mut Writer<'_>, id: RecordId) -> Result<()> {
    let count = count(w)?;
    // The last ones first: whoever made many takes them off in any order but this one slowly.
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

/// Removes the tokens whose time to be delivered is over.
pub(in crate::ops) fn expire_pending(w: &mut Writer<'_>) -> Result<()> {
    let mut position = 0;
    let mut swept = false;
    while let Some(id) = w.find_at(List::Pending, position)? {
        let token: TokenRecord = w.require(id)?;
        if token.pending.is_some_and(|it| w.now() < it.until) {
            position += 1;
            continue;
        }
        // Another one takes its place on the list.
        remove_undelivered(w, id, "not delivered in time")?;
        swept = true;
    }
    // Whoever goes through the records next must not see what is no longer there.
    if swept { w.flush() } else { Ok(()) }
}

/// Lets a token be good that is still pending; `switch` is what else happens then. Says what it is
/// now, or `None` if it was taken back meanwhile.
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
    // A second call may have found it in the sink, and have been faster.
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

/// Removes a pending token as if it had never been made, and gives back the code that it was exchanged
/// for.
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
    w.pull::<TokenRecord>(List::TokensOf(token.owner), tokens, place, |it| {
        &mut it.position
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

/// The name goes back to the expired token that had given it up, if there is one. Its device waits
/// for whoever wants it.
fn return_name(w: &mut Writer<'_>, id: RecordId, token: &TokenRecord, tokens: u32) -> Result<()> {
    let name = token.name.canonical();
    let held = w.find(Unique::TokenName(token.owner, &name))? == Some(id);
    release_names(w, id, token)?;
    if !held {
        return Ok(());
    }
    let others = of_profile(w, token.owner, tokens)?.into_iter();
    let gave_up = others.filter(|(_, it)| it.revoked.is_none() && it.name.canonical() == name);
    match gave_up.max_by_key(|(_, it)| it.created_at) {
        Some((earlier, _)) => w.index(Unique::TokenName(token.owner, &name), earlier),
        None => Ok(()),
    }
}

/// A token that was to be replaced by this one is so no longer.
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
