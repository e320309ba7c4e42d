//! The records of queued mails.

use crate::barrier::{List, Reader, Writer};
use crate::error::Result;
use crate::model::id::{CodeId, RecordId};
use crate::model::mail::Message;
use crate::model::otp::{CodeRecord, Delivery};
use crate::model::outbox::Waiting;
use crate::model::time::Time;

/// A mail to queue.
pub(in crate::ops) struct QueuedMail {
    pub(in crate::ops) environment: RecordId,
    pub(in crate::ops) code: (RecordId, CodeId),
    pub(in crate::ops) until: Time,
    pub(in crate::ops) message: Message,
}

/// Queues a mail under an id that its code already contains.
pub(in crate::ops) fn enqueue(w: &mut Writer<'_>, id: RecordId, draft: QueuedMail) -> Result<()> {
    let QueuedMail {
        environment,
        code,
        until,
        message,
    } = draft;
    let next = w.now();
    let position = w.enlist(List::Outbox, id)?;
    let waiting = Waiting {
        message,
        environment,
        code,
        until,
        tries: 0,
        next,
        claimed: None,
        committed: false,
        position,
    };
    w.add(id, &waiting)
}

/// Withdraws the mail of a code that is no longer valid, if it is still queued. A mail that is
/// being sent right now may still arrive.
pub(in crate::ops) fn withdraw(w: &mut Writer<'_>, code: &mut CodeRecord) -> Result<()> {
    let Some(id) = code.message.take() else {
        return Ok(());
    };
    let Some(waiting) = w.get::<Waiting>(id)? else {
        return Ok(());
    };
    code.delivery = if waiting.committed {
        Delivery::Uncertain("withdrawn while it was being sent".to_owned())
    } else {
        Delivery::Failed("withdrawn before it was sent".to_owned())
    };
    drop_row(w, id, &waiting)
}

/// Withdraws every queued mail without updating its code.
pub(in crate::ops) fn clear(w: &mut Writer<'_>) -> Result<()> {
    for id in waiting(w)? {
        let waiting: Waiting = w.require(id)?;
        drop_row(w, id, &waiting)?;
    }
    Ok(())
}

pub(in crate::ops) fn waiting(r: &mut Reader<'_>) -> Result<Vec<RecordId>> {
    (0..r.count(List::Outbox)?)
        .map(|n| r.at(List::Outbox, n))
        .collect()
}

pub(in crate::ops) fn drop_row(w: &mut Writer<'_>, id: RecordId, waiting: &Waiting) -> Result<()> {
    w.delist::<Waiting>(List::Outbox, waiting.position, |waiting| {
        &mut waiting.position
    })?;
    w.remove(id)
}
