//! Session tokens are removed some time after they expired.

use super::journal::NAMED_IN_A_ROW;
use super::removal::{remove_ended, store_owner};
use super::session_queue::queue;
use crate::barrier::{List, Writer};
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::time::{Span, Time};
use crate::model::token::TokenRecord;
use crate::ops::records::journal::{self, LogFacts, listed};

/// How long the record of an expired session token is kept: whoever presents it in that time is
/// refused because it has expired, and the log knows it.
const KEPT: Span = Span::DAY;

/// How many entries of the queue one write looks at. A write adds one at most, so the queue shrinks.
const AT_ONCE: u64 = 8;

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
