//! Key slots: the secrets that open the store.

use data_encoding::HEXLOWER;

use crate::barrier::{KdfLimits, NewSlot, SlotId, SlotSummary, Unlock};
use crate::core::Core;
use crate::error::{Error, Result, Subject};

/// The key slots of the store.
///
/// # Errors
///
/// As [`Core::read`].
pub fn list(core: &mut Core) -> Result<Vec<SlotSummary>> {
    core.read(|_| Ok(()))?;
    Ok(core.store.slots())
}

/// Adds a key slot for another secret.
///
/// # Errors
///
/// All slots of the store are used, or the secret is too weak.
pub fn add(core: &mut Core, new: &NewSlot<'_>) -> Result<SlotSummary> {
    let now = core.now();
    let id = core.following(|core| {
        core.store
            .add_slot(new, now, &core.request.actor, &mut *core.entropy)
    })?;
    empty_log(core);
    find(core, &HEXLOWER.encode(&id))
}

/// The slot whose id starts with `text`, if exactly one does.
///
/// # Errors
///
/// No slot, or several, have an id that starts so.
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

/// Removes a key slot. The one that opened the store is removed only if `proof` opens another.
///
/// # Errors
///
/// There is no such slot; it is the last one; or it is the one in use and `proof` opens no other.
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
    core.following(|core| {
        core.store.remove_slot(
            id,
            proof,
            limits,
            now,
            &core.request.actor,
            &mut *core.entropy,
        )
    })?;
    empty_log(core);
    Ok(())
}

/// Removes older headers from the write-ahead log. The slot is already removed, so a failure here
/// must not be reported as one; the last connection to close the store attempts it again.
fn empty_log(core: &mut Core) {
    let _ = core.store.checkpoint();
}
