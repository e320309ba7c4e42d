//! The codes of one binding: the newest, and what is left of those before it.

use super::budget;
use super::{Clocks, Subject};
use crate::barrier::{List, Reader, Writer};
use crate::error::{Refusal, Result};
use crate::model::email::EmailAddress;
use crate::model::id::{CodeId, RecordId, TokenId};
use crate::model::otp::{Budget, CodeEnd, CodeRecord, CodeState, Delivery, Ending, Exchange, Pace};
use crate::model::profile::Profile;
use crate::model::time::Time;
use crate::model::token::TokenRecord;
use crate::ops::lookup::Moment;
use crate::ops::{outbox, token};

/// How long what is left of a code is kept, in seconds: as long as it counts for [`Pace`].
const KEPT: i64 = 24 * 3600;

/// When the next mail of a binding is free: in the future, or `None`.
pub(super) fn next_mail(exchange: &Exchange, now: Time) -> Option<Time> {
    let mailed = exchange.codes.iter().filter(|code| !is_undelivered(code));
    Pace::OF_A_BINDING.next(mailed.map(|code| code.created_at).collect(), now)
}

fn is_undelivered(code: &CodeRecord) -> bool {
    matches!(code.end, Some(CodeEnd { how: Ending::Undelivered, .. }))
}

/// Adds a code to its binding. It takes the place of the one before, whose mail is withdrawn.
pub(super) fn add(
    w: &mut Writer<'_>,
    subject: &Subject,
    budget: &mut Budget,
    code: CodeRecord,
    clocks: Clocks,
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

fn begin(
    w: &mut Writer<'_>,
    subject: &Subject,
    budget: &mut Budget,
) -> Result<(RecordId, Exchange)> {
    let (id, profile, position) = (w.fresh_id()?, subject.profile.0, budget.exchanges);
    w.index(subject.codes(), id)?;
    w.push(List::CodesOf(profile), position, id)?;
    let more = position.checked_add(1);
    budget.exchanges = more.ok_or(Refusal::Limit("a profile cannot have more codes"))?;
    let (connection, environment) = (subject.connection.0, subject.environment.0);
    Ok((id, Exchange { profile, connection, environment, codes: Vec::new(), position }))
}

fn is_forgotten(code: &CodeRecord, clocks: Clocks) -> bool {
    code.expires_at.seconds().saturating_add(KEPT) <= clocks.moment.latest.seconds()
}

/// Ends the newest code, if it can still be exchanged, or could be again; says which it was.
pub(super) fn end_newest(
    w: &mut Writer<'_>,
    exchange: &mut Exchange,
    how: Ending,
    clocks: Clocks,
) -> Result<Option<CodeId>> {
    let Some(code) = exchange.codes.last_mut() else { return Ok(None) };
    let state = clocks.state(code);
    let is_open = matches!(state, CodeState::Pending | CodeState::Exhausted | CodeState::Used);
    let ended = is_open && withdraw(w, code, how)?;
    Ok(ended.then_some(code.id))
}

/// Ends a code for good; `false` if it has ended already. One that is used stays so, and does not come
/// back if its token is not delivered. That is kept in the code itself: a token that is handed over at
/// once does not look as if it could still be undone.
pub(super) fn withdraw(w: &mut Writer<'_>, code: &mut CodeRecord, how: Ending) -> Result<bool> {
    match code.end {
        None => {
            code.end = Some(CodeEnd { at: w.now(), how });
            outbox::withdraw(w, code)?;
            Ok(true)
        }
        Some(CodeEnd { at, how: Ending::Used(token) }) if may_come_back(w, code, token)? => {
            code.end = Some(CodeEnd { at, how: Ending::UsedForGood(token) });
            Ok(true)
        }
        Some(_) => Ok(false),
    }
}

/// Whether a code that was used by this token could be given back, now or later.
fn may_come_back(w: &mut Writer<'_>, code: &CodeRecord, token: TokenId) -> Result<bool> {
    let in_time = Moment::new(w, w.now()).latest < code.expires_at;
    let token = token::by_id(w, token)?;
    Ok(in_time && token.is_some_and(|(_, token)| token.revoked.is_none()))
}

/// Lets a code be good again whose token was not delivered, and the try not count: it was right. Only
/// a code that is as it was left comes back: used by this very token, which nobody has stopped or
/// replaced, not replaced or withdrawn since, within its time, and the mailbox that has it still its
/// profile's. What only holds for a while (a suspended profile, a blocked connection, a restriction)
/// ends no code that waits, and so none whose token is on its way. `token` is as it was before it was
/// undone. Says whether the code is good again.
pub(in crate::ops) fn give_back(
    w: &mut Writer<'_>,
    (exchange, code): (RecordId, CodeId),
    token: &TokenRecord,
) -> Result<bool> {
    let Some(mut record) = w.get::<Exchange>(exchange)? else { return Ok(false) };
    let profile: Profile = w.require(record.profile)?;
    let latest = Moment::new(w, w.now()).latest;
    let newest = record.codes.last_mut().filter(|newest| newest.id == code);
    let Some(newest) = newest else { return Ok(false) };
    let used = newest.end.as_ref().is_some_and(|end| end.how == Ending::Used(token.public));
    let mailbox = profile.email.as_ref().map(EmailAddress::canonical);
    let same_mailbox = mailbox == Some(newest.sent_to.canonical());
    if !(used && token.is_as_made() && same_mailbox && latest < newest.expires_at) {
        return Ok(false);
    }
    newest.end = None;
    newest.tries = newest.tries.saturating_sub(1);
    w.put(exchange, &record)?;
    Ok(true)
}

/// Removes what a profile's other bindings have left and nobody asks for any more.
pub(super) fn sweep(
    w: &mut Writer<'_>,
    subject: &Subject,
    budget: &mut Budget,
    clocks: Clocks,
) -> Result<()> {
    for n in (0..budget.exchanges).rev() {
        let id = w.at(List::CodesOf(subject.profile.0), n.into())?;
        let exchange: Exchange = w.require(id)?;
        if exchange.codes.iter().all(|code| is_forgotten(code, clocks)) {
            budget::remove(w, id, exchange, budget.exchanges)?;
            budget.exchanges = budget.exchanges.saturating_sub(1);
        }
    }
    Ok(())
}

/// Writes down where the mail of a code is, if the code is still there.
pub(in crate::ops) fn delivered(
    w: &mut Writer<'_>,
    (exchange, code): (RecordId, CodeId),
    delivery: Delivery,
) -> Result<()> {
    change(w, exchange, code, |_, code| {
        code.delivery = delivery;
        Ok(())
    })
}

/// Where the mail of a code is, as far as that is written down.
pub(in crate::ops) fn delivery(
    r: &mut Reader<'_>,
    (exchange, code): (RecordId, CodeId),
) -> Result<Delivery> {
    let record = r.get::<Exchange>(exchange)?;
    let found = record.and_then(|record| record.codes.into_iter().find(|it| it.id == code));
    let gone = || Delivery::Failed("taken back while it was being sent".to_owned());
    Ok(found.map_or_else(gone, |code| code.delivery))
}

/// Ends a code that nobody will ever see, and withdraws its mail.
pub(in crate::ops) fn undeliverable(
    w: &mut Writer<'_>,
    (exchange, code): (RecordId, CodeId),
    cause: String,
) -> Result<()> {
    change(w, exchange, code, |w, code| {
        outbox::withdraw(w, code)?;
        code.delivery = Delivery::Failed(cause);
        code.end.get_or_insert(CodeEnd { at: w.now(), how: Ending::Undelivered });
        Ok(())
    })
}

fn change(
    w: &mut Writer<'_>,
    exchange: RecordId,
    code: CodeId,
    to: impl FnOnce(&mut Writer<'_>, &mut CodeRecord) -> Result<()>,
) -> Result<()> {
    let Some(mut record) = w.get::<Exchange>(exchange)? else { return Ok(()) };
    let Some(found) = record.codes.iter_mut().find(|it| it.id == code) else { return Ok(()) };
    to(w, found)?;
    w.put(exchange, &record)
}
