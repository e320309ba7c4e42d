//! The queue of session tokens, in the order in which they are removed.

use crate::barrier::{List, Reader, Unique, Writer};
use crate::error::{Error, Result};
use crate::model::id::RecordId;
use crate::model::time::Span;
use crate::model::token::{SessionQueue, TokenRecord};
use crate::ops::records::clocks::Clocks;

/// The number of the next session token in the queue.
pub(super) fn next_number(w: &mut Writer<'_>) -> Result<u64> {
    let (id, mut queue) = if let Some(found) = queue(w)? {
        found
    } else {
        let id = w.fresh_id()?;
        w.index(Unique::SessionQueue, id)?;
        (id, SessionQueue::default())
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

/// The record of the queue, once there is one.
pub(super) fn queue(r: &mut Reader<'_>) -> Result<Option<(RecordId, SessionQueue)>> {
    match r.find(Unique::SessionQueue)? {
        Some(id) => Ok(Some((id, r.require(id)?))),
        None => Ok(None),
    }
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
