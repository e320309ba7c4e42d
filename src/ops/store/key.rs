//! Key slots: which secrets open the store.

use data_encoding::HEXLOWER;

use crate::barrier::{KdfLimits, NewSlot, SlotId, SlotSummary, Unlock};
use crate::core::Core;
use crate::error::{Error, Result, Subject};

/// What opens the store.
pub fn list(core: &mut Core) -> Result<Vec<SlotSummary>> {
    core.read(|_| Ok(()))?;
    Ok(core.store.slots())
}

/// Lets a further secret open the store.
///
/// # Errors
///
/// There are as many slots as a store can have, or the secret is too weak.
pub fn add(core: &mut Core, new: &NewSlot<'_>) -> Result<SlotSummary> {
    let now = core.now();
    let id = core
        .store
        .add_slot(new, now, &core.request.actor, &mut *core.entropy)?;
    empty_log(core);
    find(core, &HEXLOWER.encode(&id))
}

/// The slot whose id starts with `text`, if that is exactly one.
///
/// # Errors
///
/// No slot, or several, whose id begins so.
pub fn find(core: &Core, text: &str) -> Result<SlotSummary> {
    let mut found = core
        .store
        .slots()
        .into_iter()
        .filter(|slot| slot.id.starts_with(text));
    match (found.next(), found.next()) {
        (Some(slot), None) => Ok(slot),
        _ => Err(Error::NotFound(Subject::Slot(
            text.chars().take(16).collect(),
        ))),
    }
}

/// Takes a secret's slot away. The one that opened the store goes only when `proof` opens another.
///
/// # Errors
///
/// No such slot; it is the last one; or it is the one in use and `proof` opens no other.
pub fn remove(
    core: &mut Core,
    slot: &SlotSummary,
    proof: Option<&Unlock>,
    limits: &KdfLimits,
) -> Result<()> {
    let gone = || Error::NotFound(Subject::Slot(slot.id.clone()));
    let bytes = HEXLOWER.decode(slot.id.as_bytes()).map_err(|_| gone())?;
    let id: SlotId = bytes.try_into().map_err(|_| gone())?;
    let now = core.now();
    core.store.remove_slot(
        id,
        proof,
        limits,
        now,
        &core.request.actor,
        &mut *core.entropy,
    )?;
    empty_log(core);
    Ok(())
}

/// Leaves no older header in the write-ahead log. The change is made by now: that this failed must
/// not say otherwise, and the last one to close the store tries again.
fn empty_log(core: &mut Core) {
    let _ = core.store.checkpoint();
}
