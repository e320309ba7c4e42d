//! Ends codes, and restores used ones whose token was not delivered.

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

/// Ends a code permanently; `false` if it has already ended. A used code stays used, and is not
/// restored if its token is not delivered. That is recorded in the code itself: the record of a
/// token that is delivered immediately does not show that the delivery could still be undone.
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

/// Whether a code that was used for this token could be restored, now or later.
fn may_come_back(w: &mut Writer<'_>, code: &CodeRecord, token: TokenId) -> Result<bool> {
    let in_time = Clocks::new(w, w.now()).latest < code.expires_at;
    let token = token::by_id(w, token)?;
    Ok(in_time && token.is_some_and(|(_, token)| token.revoked.is_none()))
}

/// Makes a code valid again whose token was not delivered, and refunds the attempt, which was
/// correct. Only an untouched code is restored: used for this very token, which nobody has stopped
/// or replaced; not replaced or withdrawn since; within its lifetime; and mailed to an address that
/// is still the profile's. Temporary obstacles (a suspended profile, a blocked connection, a
/// restriction) do not end a pending code, and so do not end this one. `token` is the record from
/// before it was undone. Returns whether the code is valid again.
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
    if !(used && token.is_untouched() && same_mailbox && latest < newest.expires_at) {
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
    let Some(found) = record
        .codes
        .iter_mut()
        .find(|candidate| candidate.id == code)
    else {
        return Ok(());
    };
    to(w, found)?;
    w.put(exchange, &record)
}

/// Cancels the codes of a profile whose address has changed, and withdraws their mails.
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

/// Cancels every code that could still be exchanged, after the store was restored to an older
/// state: some of them may have been used since.
pub(in crate::ops) fn cancel_all(w: &mut Writer<'_>) -> Result<()> {
    for part in 0..=u8::MAX {
        for (id, mut exchange) in w.part::<Exchange>(part)? {
            let Some(code) = exchange.codes.last_mut() else {
                continue;
            };
            if withdraw_code(w, code, Ending::Cancelled)? {
                w.put(id, &exchange)?;
            }
        }
    }
    // The remaining mails are for codes that had already ended.
    mail_queue::clear(w)
}
