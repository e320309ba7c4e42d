//! Accepts a store that was refused.

use crate::barrier::{Acceptance, Unique, Writer};
use crate::core::Core;
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::RecordId;
use crate::model::token::TokenRecord;
use crate::ops::records::token;
use crate::ops::store::{Carried, Known, RestorePlan};

/// What accepting the store would carry over. Changes nothing.
///
/// # Errors
///
/// The store was not refused for this.
pub fn preview_acceptance(core: &mut Core, what: Acceptance) -> Result<Carried> {
    let tombstones = core.store.tombstones()?;
    let slots = core.store.slots();
    let now = core.now();
    core.store.read_refused(what, |r| {
        let known = Known::remembered(&tombstones, r.epoch(), is_newest(what));
        Ok(RestorePlan::of(r, &known, &slots, now)?.carried)
    })
}

/// Accepts what was refused, and carries over what this machine knows to have ended or to have been
/// restricted since.
///
/// # Errors
///
/// The store was not refused for this, or another process uses it.
pub fn accept(core: &mut Core, what: Acceptance) -> Result<Carried> {
    let tombstones = core.store.tombstones()?;
    let slots = core.store.slots();
    let now = core.now();
    let mut carried = Carried::default();
    let mut known = Known::remembered(&tombstones, 0, is_newest(what));
    core.store.accept(
        what,
        now,
        &core.request.actor,
        &mut *core.entropy,
        |w, found| {
            known.set_since(found);
            let plan = RestorePlan::of(w, &known, &slots, now)?;
            plan.apply(w, &known)?;
            carried = plan.carried;
            if what == Acceptance::Clock {
                carried.revoked_again += end_replaced(w)?;
            }
            Ok(())
        },
    )?;
    Ok(carried)
}

/// Whether the store itself is current and only the clock was wrong.
fn is_newest(what: Acceptance) -> bool {
    what == Acceptance::Clock
}

/// Revokes tokens that had expired by the rejected clock and must not become valid again: another
/// token has their name or device by now, or what they are for was deleted. Returns their number.
fn end_replaced(w: &mut Writer<'_>) -> Result<u64> {
    let mut ended = 0;
    for part in 0..=u8::MAX {
        for (id, record) in w.part::<TokenRecord>(part)? {
            if record.revoked.is_none() && is_replaced(w, id, &record)? {
                token::revoke_again(w, id, record)?;
                ended += 1;
            }
        }
    }
    Ok(ended)
}

fn is_replaced(w: &mut Writer<'_>, id: RecordId, record: &TokenRecord) -> Result<bool> {
    let name = record.name.canonical();
    // A rotated token keeps neither name nor device during its overlap.
    let rotated = record.successor.is_some();
    if !rotated && w.find(Unique::TokenName(record.owner, &name))? != Some(id) {
        return Ok(true);
    }
    if !rotated && !has_device_again(w, id, record)? {
        return Ok(true);
    }
    if w.require::<Environment>(record.environment)?
        .deleted_at
        .is_some()
    {
        return Ok(true);
    }
    match record.connection {
        Some(connection) => Ok(w.require::<Connection>(connection)?.deleted_at.is_some()),
        None => Ok(false),
    }
}

/// Whether the token, if it becomes valid again, has its device to itself. A later token of the
/// device that has ended leaves it to this one.
fn has_device_again(w: &mut Writer<'_>, id: RecordId, record: &TokenRecord) -> Result<bool> {
    let Some(device) = &record.device else {
        return Ok(true);
    };
    let device = device.canonical();
    let held = Unique::Device(record.owner, record.connection, &device);
    match w.find(held)? {
        Some(holder) => Ok(holder == id),
        None if record.is_expired(w.now()) => Ok(true),
        None => w.reindex(held, id).map(|()| true),
    }
}
