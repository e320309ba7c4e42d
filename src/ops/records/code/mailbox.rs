//! The rate limit of an address, over all profiles that have it and all bindings.

use crate::barrier::{Reader, Unique, Writer};
use crate::error::{Error, Result};
use crate::model::email::EmailAddress;
use crate::model::id::{CodeId, RecordId};
use crate::model::otp::{Exchange, Pace};
use crate::model::profile::Address;
use crate::model::time::Time;

/// When the next mail to an address is allowed: in the future, or `None` if it is allowed now.
pub(in crate::ops) fn next_mail(
    r: &mut Reader<'_>,
    email: &EmailAddress,
    now: Time,
) -> Result<Option<Time>> {
    let (_, address) = find(r, email)?.ok_or(Error::Bug("a profile's address has no record"))?;
    Ok(Pace::OF_AN_ADDRESS.next(address.mailed, now))
}

/// Counts one more mail to an address.
pub(in crate::ops) fn debit(w: &mut Writer<'_>, email: &EmailAddress) -> Result<()> {
    let now = w.now();
    let found = find(w, email)?;
    let (id, mut address) = found.ok_or(Error::Bug("a profile's address has no record"))?;
    address.mailed.push(now);
    Pace::OF_AN_ADDRESS.forget(&mut address.mailed, now);
    w.put(id, &address)
}

/// Refunds a mail that was never sent.
pub(in crate::ops) fn refund(
    w: &mut Writer<'_>,
    (exchange, code): (RecordId, CodeId),
) -> Result<()> {
    let Some(record) = w.get::<Exchange>(exchange)? else {
        return Ok(());
    };
    let Some(code) = record.codes.iter().find(|it| it.id == code) else {
        return Ok(());
    };
    let Some((id, mut address)) = find(w, &code.sent_to)? else {
        return Ok(());
    };
    let Some(n) = address.mailed.iter().position(|at| *at == code.created_at) else {
        return Ok(());
    };
    address.mailed.remove(n);
    w.put(id, &address)
}

/// When codes were mailed to an address in the last day.
pub(in crate::ops) fn mailed(r: &mut Reader<'_>, email: &EmailAddress) -> Result<Vec<Time>> {
    Ok(find(r, email)?
        .map(|(_, address)| address.mailed)
        .unwrap_or_default())
}

/// Merges the mails that another state of the store has counted.
pub(in crate::ops) fn count_mails(
    w: &mut Writer<'_>,
    email: &EmailAddress,
    merged: impl FnOnce(&[Time]) -> Option<Vec<Time>>,
) -> Result<()> {
    let Some((id, mut address)) = find(w, email)? else {
        return Ok(());
    };
    let Some(mailed) = merged(&address.mailed) else {
        return Ok(());
    };
    address.mailed = mailed;
    w.put(id, &address)
}

fn find(r: &mut Reader<'_>, email: &EmailAddress) -> Result<Option<(RecordId, Address)>> {
    let canonical = email.canonical();
    let Some(id) = r.find(Unique::Email(&canonical))? else {
        return Ok(None);
    };
    let address: Address = r.require(id)?;
    if address.address != canonical {
        return Err(Error::Integrity(
            "an e-mail address points to another's record".to_owned(),
        ));
    }
    Ok(Some((id, address)))
}
