//! From a secret to the root key.

use super::header::Header;
use super::recovery::RecoveryCode;
use super::secretfile;
use super::slot::{Slot, SlotId, SlotKind};
use super::stretch::KdfLimits;
use crate::crypto::Key;
use crate::error::{Error, Result};
use crate::secret::SecretText;

/// A secret that may open a store.
pub enum Unlock {
    /// A passphrase, or a recovery code in its place.
    Passphrase(SecretText),
    /// The text of a key file.
    KeyFile(SecretText),
}

/// The root key, and which slot gave it.
pub(super) fn unlock(
    header: &Header,
    secret: &Unlock,
    limits: &KdfLimits,
) -> Result<(Key, SlotId)> {
    match secret {
        Unlock::KeyFile(text) => {
            let key = secretfile::parse(text.expose(), &header.store)?;
            raw(header, SlotKind::KeyFile, key.expose())?.ok_or(Error::WrongKey)
        }
        Unlock::Passphrase(text) => {
            if let Ok(code) = RecoveryCode::parse(text.expose())
                && let Some(found) = raw(header, SlotKind::Recovery, code.expose())?
            {
                return Ok(found);
            }
            passphrase(header, text, limits)?.ok_or(Error::WrongKey)
        }
    }
}

fn raw(header: &Header, kind: SlotKind, ikm: &[u8]) -> Result<Option<(Key, SlotId)>> {
    first(of_kind(header, kind), |slot| slot.open(&header.store, ikm))
}

fn passphrase(
    header: &Header,
    text: &SecretText,
    limits: &KdfLimits,
) -> Result<Option<(Key, SlotId)>> {
    let slots = of_kind(header, SlotKind::Passphrase);
    first(slots, |slot| slot.open_passphrase(&header.store, text, limits))
}

fn of_kind(header: &Header, kind: SlotKind) -> impl Iterator<Item = &Slot> {
    header.slots.iter().filter(move |slot| slot.kind() == kind)
}

fn first<'a>(
    slots: impl Iterator<Item = &'a Slot>,
    open: impl Fn(&Slot) -> Result<Option<Key>>,
) -> Result<Option<(Key, SlotId)>> {
    for slot in slots {
        if let Some(root) = open(slot)? {
            return Ok(Some((root, slot.id)));
        }
    }
    Ok(None)
}
