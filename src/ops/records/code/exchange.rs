//! The codes of one binding: the newest, and the remaining records of earlier ones.

use super::binding::Bound;
use super::clocks::CodeClocks;
use super::end::withdraw_code;
use super::removal;
use crate::barrier::{List, Writer};
use crate::error::{Refusal, Result};
use crate::model::id::{CodeId, RecordId};
use crate::model::otp::{Budget, CodeEnd, CodeRecord, CodeState, Ending, Exchange, Pace};
use crate::model::time::Time;

/// How long the record of a code is kept, in seconds: as long as it counts for [`Pace`].
const KEPT: i64 = 24 * 3600;

/// When the next mail of a binding is allowed: in the future, or `None` if it is allowed now.
pub(in crate::ops) fn next_mail(exchange: &Exchange, now: Time) -> Option<Time> {
    let mailed = exchange.codes.iter().filter(|code| !is_undelivered(code));
    Pace::OF_A_BINDING.next(mailed.map(|code| code.created_at).collect(), now)
}

fn is_undelivered(code: &CodeRecord) -> bool {
    matches!(
        code.end,
        Some(CodeEnd {
            how: Ending::Undelivered,
            ..
        })
    )
}

/// Adds a code to its binding. It replaces the previous one, whose mail is withdrawn.
pub(in crate::ops) fn add(
    w: &mut Writer<'_>,
    subject: &Bound,
    budget: &mut Budget,
    code: CodeRecord,
    clocks: CodeClocks,
) -> Result<RecordId> {
    let (id, mut exchange) = match subject.exchange(w)? {
        Some(found) => found,
        None => begin(w, subject, budget)?,
    };
    end_newest(w, &mut exchange, Ending::Replaced, clocks)?;
    exchange.codes.retain(|code| !is_forgotten(code, clocks));
    exchange.codes.push(code);
    w.put(id, &exchange)?;
    Ok(id)
}

fn begin(w: &mut Writer<'_>, subject: &Bound, budget: &mut Budget) -> Result<(RecordId, Exchange)> {
    let id = w.fresh_id()?;
    let profile = subject.profile.0;
    let position = budget.exchanges;
    w.index(subject.codes(), id)?;
    w.push(List::CodesOf(profile), position, id)?;
    let more = position.checked_add(1);
    budget.exchanges = more.ok_or(Refusal::Limit("a profile cannot have more codes"))?;
    let connection = subject.connection.0;
    let environment = subject.environment.0;
    Ok((
        id,
        Exchange {
            profile,
            connection,
            environment,
            codes: Vec::new(),
            position,
        },
    ))
}

fn is_forgotten(code: &CodeRecord, clocks: CodeClocks) -> bool {
    code.expires_at.seconds().saturating_add(KEPT) <= clocks.wall.latest.seconds()
}

/// Ends the newest code, if it can still be exchanged or could be restored; returns it.
pub(in crate::ops) fn end_newest(
    w: &mut Writer<'_>,
    exchange: &mut Exchange,
    how: Ending,
    clocks: CodeClocks,
) -> Result<Option<CodeId>> {
    let Some(code) = exchange.codes.last_mut() else {
        return Ok(None);
    };
    let state = clocks.state(code);
    let is_open = matches!(
        state,
        CodeState::Pending | CodeState::Exhausted | CodeState::Used
    );
    let ended = is_open && withdraw_code(w, code, how)?;
    Ok(ended.then_some(code.id))
}

/// Removes the records of a profile's other bindings that nobody needs any more.
pub(in crate::ops) fn remove_forgotten(
    w: &mut Writer<'_>,
    subject: &Bound,
    budget: &mut Budget,
    clocks: CodeClocks,
) -> Result<()> {
    for n in (0..budget.exchanges).rev() {
        let id = w.at(List::CodesOf(subject.profile.0), n.into())?;
        let exchange: Exchange = w.require(id)?;
        if exchange.codes.iter().all(|code| is_forgotten(code, clocks)) {
            removal::remove(w, id, exchange, budget.exchanges)?;
            budget.exchanges = budget.exchanges.saturating_sub(1);
        }
    }
    Ok(())
}
