//! From a secret to the root key.

use super::header::{Header, heads};
use super::key_file;
use super::passphrase::KdfLimits;
use super::recovery::RecoveryCode;
use super::slot::{Slot, SlotId, SlotKind};
use crate::backend::{Backend, Mode};
use crate::crypto::Key;
use crate::error::{Error, Result};
use crate::secret::{SecretBytes, SecretText};

/// A secret that may open a store.
pub enum Unlock {
    /// A passphrase, or a recovery code entered instead.
    Passphrase(SecretText),
    /// The text of a key file.
    KeyFile(SecretText),
    /// A slot secret derived by an earlier unlock.
    Slot(SlotSecret),
}

/// The derived secret of one slot, which opens it without the cost of stretching a passphrase.
///
/// It opens that slot only: not a slot of another store, and nothing once the slot is removed. It
/// does not contain the passphrase, which can only be guessed, as with the store itself.
pub struct SlotSecret {
    slot: SlotId,
    secret: SecretBytes,
}

impl SlotSecret {
    /// Derives the slot secret that opens the store in `backend` from `secret`.
    ///
    /// # Errors
    ///
    /// [`Error::WrongKey`] if `secret` does not open the store, and those of reading the header.
    pub fn of(backend: &mut dyn Backend, secret: &Unlock, limits: &KdfLimits) -> Result<Self> {
        let (bytes, _) = heads(&*backend.begin(Mode::Read)?)?;
        let header = Header::decode(&bytes)?;
        let (root_key, slot) = prove(&header, secret, limits)?;
        header.authenticate(&bytes, &root_key)?;
        Ok(slot)
    }

    /// Whether this secret opens the store in `backend`.
    ///
    /// # Errors
    ///
    /// Those of reading the header.
    pub fn fits(&self, backend: &mut dyn Backend) -> Result<bool> {
        let (bytes, _) = heads(&*backend.begin(Mode::Read)?)?;
        Ok(self.open(&Header::decode(&bytes)?)?.is_some())
    }

    /// Encodes the slot's id followed by the secret.
    pub fn bytes(&self) -> SecretBytes {
        let mut bytes = Vec::with_capacity(self.slot.len() + self.secret.expose().len());
        bytes.extend_from_slice(&self.slot);
        bytes.extend_from_slice(self.secret.expose());
        SecretBytes::new(bytes)
    }

    /// Decodes [`Self::bytes`]; `None` if the input is too short.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (slot, secret) = bytes.split_first_chunk()?;
        let secret = Some(secret).filter(|secret| !secret.is_empty())?;
        Some(Self {
            slot: *slot,
            secret: SecretBytes::new(secret.to_vec()),
        })
    }

    fn new(slot: SlotId, secret: &[u8]) -> Self {
        Self {
            slot,
            secret: SecretBytes::new(secret.to_vec()),
        }
    }

    fn open(&self, header: &Header) -> Result<Option<Key>> {
        let Some(slot) = header.slots.iter().find(|slot| slot.id == self.slot) else {
            return Ok(None);
        };
        slot.open(&header.store, self.secret.expose())
    }
}

/// Returns the root key, and the id of the slot that opened.
pub(in crate::barrier) fn unlock(
    header: &Header,
    secret: &Unlock,
    limits: &KdfLimits,
) -> Result<(Key, SlotId)> {
    prove(header, secret, limits).map(|(root_key, proof)| (root_key, proof.slot))
}

/// Returns the root key, and the secret of the slot that opened.
fn prove(header: &Header, secret: &Unlock, limits: &KdfLimits) -> Result<(Key, SlotSecret)> {
    let found = match secret {
        Unlock::KeyFile(text) => {
            let key = key_file::parse(text.expose(), &header.store)?;
            raw(header, SlotKind::KeyFile, key.expose())?
        }
        Unlock::Passphrase(text) => {
            let code = RecoveryCode::parse(text.expose()).ok();
            let recovered = match &code {
                Some(code) => raw(header, SlotKind::Recovery, code.expose())?,
                None => None,
            };
            match recovered {
                Some(found) => Some(found),
                None => passphrase(header, text, limits)?,
            }
        }
        Unlock::Slot(kept) => {
            let found = kept.open(header)?;
            found.map(|root_key| (root_key, SlotSecret::new(kept.slot, kept.secret.expose())))
        }
    };
    found.ok_or(Error::WrongKey)
}

fn raw(header: &Header, kind: SlotKind, ikm: &[u8]) -> Result<Option<(Key, SlotSecret)>> {
    for slot in of_kind(header, kind) {
        if let Some(root_key) = slot.open(&header.store, ikm)? {
            return Ok(Some((root_key, SlotSecret::new(slot.id, ikm))));
        }
    }
    Ok(None)
}

fn passphrase(
    header: &Header,
    text: &SecretText,
    limits: &KdfLimits,
) -> Result<Option<(Key, SlotSecret)>> {
    for slot in of_kind(header, SlotKind::Passphrase) {
        let stretched = slot.stretched(&header.store, text, limits)?;
        if let Some(root_key) = slot.open(&header.store, stretched.expose())? {
            return Ok(Some((
                root_key,
                SlotSecret::new(slot.id, stretched.expose()),
            )));
        }
    }
    Ok(None)
}

fn of_kind(header: &Header, kind: SlotKind) -> impl Iterator<Item = &Slot> {
    header.slots.iter().filter(move |slot| slot.kind() == kind)
}
