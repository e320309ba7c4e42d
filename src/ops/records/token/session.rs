//! Session tokens in the store: their queue, what they were made from, and their removal.

use super::journal::NAMED_IN_A_ROW;
use super::removal::{remove_ended, store_owner};
use crate::barrier::{List, Reader, Unique, Writer};
use crate::error::{Error, Result};
use crate::model::audit::Action;
use crate::model::id::RecordId;
use crate::model::profile::Profile;
use crate::model::time::{Span, Time};
use crate::model::token::{SessionQueue, TokenRecord, TokenState};
use crate::ops::records::clocks::Clocks;
use crate::ops::records::journal::{self, LogFacts, listed};

/// How long the record of an expired session token is kept: whoever presents it in that time is
/// refused because it has expired, and the log knows it.
const KEPT: Span = Span::DAY;

/// How many entries of the queue one write looks at. A write adds one at most, so the queue shrinks.
const AT_ONCE: u64 = 8;

/// The token that a session token was made from, as far as it is there.
pub(in crate::ops) fn parent_of(
    r: &mut Reader<'_>,
    token: &TokenRecord,
) -> Result<Option<TokenRecord>> {
    match token.parent_token() {
        Some(id) => r.get(id),
        None => Ok(None),
    }
}

/// Whether a session token ended with what it was made from.
pub(in crate::ops) fn ended_with_parent(
    r: &mut Reader<'_>,
    token: &TokenRecord,
    profile: &Profile,
    clocks: Clocks,
) -> Result<bool> {
    if token.session.is_none() {
        return Ok(false);
    }
    let parent = parent_of(r, token)?;
    Ok(token.has_ended_parent(parent.as_ref(), profile, clocks.latest))
}

/// The number of the next session token in the queue.
pub(super) fn next_number(w: &mut Writer<'_>) -> Result<u64> {
    let (id, mut queue) = match queue(w)? {
        Some(found) => found,
        None => {
            let id = w.fresh_id()?;
            let queue = SessionQueue::default();
            w.add(id, &queue)?;
            w.index(Unique::SessionQueue, id)?;
            (id, queue)
        }
    };
    let number = queue.next;
    let after = number.checked_add(1);
    queue.next = after.ok_or(Error::Bug("the queue of session tokens is full"))?;
    w.put(id, &queue)?;
    Ok(number)
}

/// Adds a session token to the queue.
pub(super) fn enter_queue(w: &mut Writer<'_>, id: RecordId, token: &TokenRecord) -> Result<()> {
    match token.session {
        Some(session) => w.put_entry(List::Sessions, session.number, id),
        None => Ok(()),
    }
}

/// Removes a session token from the queue.
pub(super) fn leave_queue(w: &mut Writer<'_>, token: &TokenRecord) -> Result<()> {
    match token.session {
        Some(session) => w.remove_entry(List::Sessions, session.number),
        None => Ok(()),
    }
}

fn queue(r: &mut Reader<'_>) -> Result<Option<(RecordId, SessionQueue)>> {
    match r.find(Unique::SessionQueue)? {
        Some(id) => Ok(Some((id, r.require(id)?))),
        None => Ok(None),
    }
}

/// Removes session tokens that expired long ago: the first few of the queue.
pub(in crate::ops) fn expire_sessions(w: &mut Writer<'_>) -> Result<()> {
    let Some((id, mut queue)) = queue(w)? else {
        return Ok(());
    };
    let before = queue.first;
    let end = queue.next.min(before.saturating_add(AT_ONCE));
    let mut removed = Vec::new();
    while queue.first < end {
        if let Some(record_id) = w.find_at(List::Sessions, queue.first)? {
            let token: TokenRecord = w.require(record_id)?;
            if !is_overdue(&token, w.now()) {
                break;
            }
            let profile = remove_ended(w, record_id, &token)?;
            store_owner(w, token.owner, &profile)?;
            removed.push(token);
        }
        queue.first += 1;
    }
    if queue.first == before {
        return Ok(());
    }
    w.put(id, &queue)?;
    journal_removed(w, &removed)?;
    // A later scan of the records must not see what was removed.
    w.flush()
}

fn is_overdue(token: &TokenRecord, now: Time) -> bool {
    token.expires_at.is_some_and(|end| end.plus(KEPT) <= now)
}

/// One row for all of them: they say nothing that the rows of their issue do not say.
fn journal_removed(w: &mut Writer<'_>, removed: &[TokenRecord]) -> Result<()> {
    for row in removed.chunks(NAMED_IN_A_ROW) {
        let Some(first) = row.first() else { continue };
        let ids: Vec<_> = row.iter().map(|token| token.public).collect();
        let facts = LogFacts::new()
            .with("tokens", Some(listed(&ids)))
            .with("reason", Some("expired session tokens"));
        w.audit(Action::TokenPrune, journal::token(first), facts.into())?;
    }
    Ok(())
}

/// Visits the session tokens that may still be valid, newest first.
pub(in crate::ops) fn each_session(
    r: &mut Reader<'_>,
    clocks: Clocks,
    mut visit: impl FnMut(&mut Reader<'_>, RecordId, TokenRecord) -> Result<()>,
) -> Result<()> {
    let Some((_, queue)) = queue(r)? else {
        return Ok(());
    };
    for number in (queue.first..queue.next).rev() {
        let Some(id) = r.find_at(List::Sessions, number)? else {
            continue;
        };
        let token: TokenRecord = r.require(id)?;
        // None before it was issued later, so that none expires an hour later, the longest lifetime;
        // another hour for a clock that was set back.
        let long_ago = clocks.latest.minus(Span::HOUR).minus(Span::HOUR);
        if token.is_expired(long_ago) {
            return Ok(());
        }
        visit(r, id, token)?;
    }
    Ok(())
}

/// The state of a session token whose parent has ended is that of a revoked one.
pub(super) fn state_with_parent(state: TokenState, parent_ended: bool) -> TokenState {
    match state {
        TokenState::Active | TokenState::Suspended | TokenState::Expired if parent_ended => {
            TokenState::Revoked
        }
        state => state,
    }
}
