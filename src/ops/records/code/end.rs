//! How a code ends, and when one that was used is valid again.

use super::find::exchanges_of;
use crate::barrier::Writer;
use crate::error::Result;
use crate::model::email::EmailAddress;
use crate::model::id::{CodeId, RecordId, TokenId};
use crate::model::otp::{CodeEnd, CodeRecord, Delivery, Ending, Exchange};
use crate::model::profile::Profile;
use crate::model::token::TokenRecord;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::{mail_queue, token};

/// Ends a code for good; `false` if it has ended already. One that is used stays so, and does not come
/// back if its token is not delivered. That is kept in the code itself: a token that is handed over at
/// once does not look as if it could still be undone.
pub(in crate::ops) fn withdraw_code(
    w: &mut Writer<'_>,
    code: &mut CodeRecord,
    how: Ending,
) -> Result<bool> {
    match code.end {
        None => {
            code.end = Some(CodeEnd { at: w.now(), how });
            mail_queue::withdraw(w, code)?;
            Ok(true)
        }
        Some(CodeEnd {
            at,
            how: Ending::Used(token),
        }) if may_come_back(w, code, token)? => {
            code.end = Some(CodeEnd {
                at,
                how: Ending::UsedForGood(token),
            });
            Ok(true)
        }
        Some(_) => Ok(false),
    }
}

/// Whether a code that was used by this token could be given back, now or later.
fn may_come_back(w: &mut Writer<'_>, code: &CodeRecord, token: TokenId) -> Result<bool> {
    let in_time = Clocks::new(w, w.now()).latest < code.expires_at;
    let token = token::by_id(w, token)?;
    Ok(in_time && token.is_some_and(|(_, token)| token.revoked.is_none()))
}

/// Lets a code be good again whose token was not delivered, and the try not count: it was right. Only
/// a code that is as it was left comes back: used by this very token, which nobody has stopped or
/// replaced, not replaced or withdrawn since, within its time, and the mailbox that has it still its
/// profile's. What only holds for a while (a suspended profile, a blocked connection, a restriction)
/// ends no code that waits, and so none whose token is on its way. `token` is as it was before it was
/// undone. Says whether the code is good again.
pub(in crate::ops) fn restore_used(
    w: &mut Writer<'_>,
    (exchange, code): (RecordId, CodeId),
    token: &TokenRecord,
) -> Result<bool> {
    let Some(mut record) = w.get::<Exchange>(exchange)? else {
        return Ok(false);
    };
    let profile: Profile = w.require(record.profile)?;
    let latest = Clocks::new(w, w.now()).latest;
    let newest = record.codes.last_mut().filter(|newest| newest.id == code);
    let Some(newest) = newest else {
        return Ok(false);
    };
    let used = newest
        .end
        .as_ref()
        .is_some_and(|end| end.how == Ending::Used(token.public));
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

/// Ends a code that nobody will ever see, and withdraws its mail.
pub(in crate::ops) fn undeliverable(
    w: &mut Writer<'_>,
    (exchange, code): (RecordId, CodeId),
    cause: String,
) -> Result<()> {
    change(w, exchange, code, |w, code| {
        mail_queue::withdraw(w, code)?;
        code.delivery = Delivery::Failed(cause);
        code.end.get_or_insert(CodeEnd {
            at: w.now(),
            how: Ending::Undelivered,
        });
        Ok(())
    })
}

pub(super) fn change(
    w: &mut Writer<'_>,
    exchange: RecordId,
    code: CodeId,
    to: impl FnOnce(&mut Writer<'_>, &mut CodeRecord) -> Result<()>,
) -> Result<()> {
    let Some(mut record) = w.get::<Exchange>(exchange)? else {
        return Ok(());
    };
    let Some(found) = record.codes.iter_mut().find(|it| it.id == code) else {
        return Ok(());
    };
    to(w, found)?;
    w.put(exchange, &record)
}

/// Takes back the codes of a profile whose address is another now, and their mails.
pub(in crate::ops) fn withdraw_all_of(w: &mut Writer<'_>, profile: RecordId) -> Result<()> {
    for (id, mut exchange) in exchanges_of(w, profile)? {
        let Some(code) = exchange.codes.last_mut() else {
            continue;
        };
        if withdraw_code(w, code, Ending::Cancelled)? {
            w.put(id, &exchange)?;
        }
    }
    Ok(())
}

/// Takes back every code that could still be exchanged, as a store does that was put back to an
/// older state: some of them may have been used since. Says how many.
pub(in crate::ops) fn cancel_all(w: &mut Writer<'_>) -> Result<u64> {
    let mut cancelled = 0;
    for part in 0..=u8::MAX {
        for (id, mut exchange) in w.part::<Exchange>(part)? {
            let Some(code) = exchange.codes.last_mut() else {
                continue;
            };
            if withdraw_code(w, code, Ending::Cancelled)? {
                w.put(id, &exchange)?;
                cancelled += 1;
            }
        }
    }
    // What is left tells of codes that had ended before.
    mail_queue::clear(w)?;
    Ok(cancelled)
}
