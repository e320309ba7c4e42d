//! Removes codes permanently, with their queued mails.

use super::budget::of;
use crate::barrier::{List, Unique, Writer};
use crate::error::Result;
use crate::model::id::RecordId;
use crate::model::otp::Exchange;
use crate::ops::records::mail_queue;

/// Removes all codes of a profile, their queued mails, and its budget.
pub(in crate::ops) fn remove_all_of(w: &mut Writer<'_>, subject: RecordId) -> Result<()> {
    let (id, budget) = of(w, subject)?;
    for n in (0..budget.exchanges).rev() {
        let id = w.at(List::CodesOf(subject), n.into())?;
        let exchange: Exchange = w.require(id)?;
        remove(w, id, exchange, n.saturating_add(1))?;
    }
    let Some(id) = id else { return Ok(()) };
    w.unindex(Unique::Budget(subject))?;
    w.remove(id)
}

/// Removes one of a profile's `count` exchanges, and its queued mails.
pub(in crate::ops) fn remove(
    w: &mut Writer<'_>,
    id: RecordId,
    mut exchange: Exchange,
    count: u32,
) -> Result<()> {
    for code in &mut exchange.codes {
        mail_queue::withdraw(w, code)?;
    }
    let Exchange {
        profile,
        connection,
        environment,
        position,
        ..
    } = exchange;
    w.pull::<Exchange>(List::CodesOf(profile), count, position, |exchange| {
        &mut exchange.position
    })?;
    w.unindex(Unique::Codes(profile, connection, environment))?;
    w.remove(id)
}
