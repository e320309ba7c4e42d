//! Key slots: the root key, wrapped once for each secret that opens the store.
//!
//! A slot commits to its key (`commit`), because Poly1305 does not: one ciphertext can be made to
//! open under many candidate keys (Len, Grubbs, Ristenpart, USENIX Security 2021).

use serde::Serialize;
use subtle::ConstantTimeEq as _;

use super::passphrase::{KdfLimits, passphrase_key};
use super::recovery::RecoveryCode;
use crate::barrier::rows::codec::Cursor;
use crate::barrier::store_id::StoreId;
use crate::crypto::Key;
use crate::crypto::Label;
use crate::crypto::kdf::{Argon2Params, hkdf};
use crate::crypto::seal::SealKey;
use crate::entropy::Entropy;
use crate::error::{Error, Result};
use crate::model::time::Time;
use crate::secret::SecretText;

/// Suite 1: XChaCha20-Poly1305, HKDF and HMAC with SHA-256, Argon2id version 0x13.
pub(in crate::barrier) const SUITE: u16 = 1;

const PASSPHRASE: u8 = 1;
const RAW_KEY: u8 = 2;
const RECOVERY: u8 = 3;

/// The id of a slot, stable for its lifetime.
pub type SlotId = [u8; 8];

/// The kind of secret that opens a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SlotKind {
    /// A passphrase, through Argon2id.
    Passphrase,
    /// A key file.
    KeyFile,
    /// A recovery code.
    Recovery,
    /// A kind that only a newer hallpass knows; preserved, but not used.
    Unknown,
}

impl SlotKind {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passphrase => "passphrase",
            Self::KeyFile => "key_file",
            Self::Recovery => "recovery",
            Self::Unknown => "unknown",
        }
    }
}

/// A secret to create a slot for.
pub enum NewSlot<'a> {
    /// A passphrase, and the cost of each guess at it.
    Passphrase(&'a SecretText, Argon2Params),
    /// The key of a key file.
    KeyFile(&'a Key),
    /// A recovery code.
    Recovery(&'a RecoveryCode),
}

/// A description of a slot, without secrets.
#[derive(Debug, Clone, Serialize)]
pub struct SlotSummary {
    /// Its id, in hex.
    pub id: String,
    /// What opens it.
    pub kind: SlotKind,
    /// When it was made.
    pub created_at: Time,
    /// Whether the secret that unlocked the store opened this slot.
    pub in_use: bool,
    /// Whether its parameters are below the current policy.
    pub weak: bool,
}

/// One slot of the header.
#[derive(Clone)]
pub(in crate::barrier) struct Slot {
    kind: u8,
    /// Zero in every kind that this program writes.
    flags: u8,
    pub(in crate::barrier) id: SlotId,
    created: Time,
    created_epoch: u64,
    argon2: Option<(Argon2Params, [u8; 16])>,
    commit: [u8; 32],
    /// Nonce, ciphertext and tag of the root key.
    wrapped: [u8; 72],
    /// The body of a slot of an unknown kind, preserved as it is.
    unknown: Vec<u8>,
}

impl Slot {
    /// Wraps `root` for a new secret.
    pub(in crate::barrier) fn new(
        new: &NewSlot<'_>,
        store: &StoreId,
        root: &Key,
        born: (Time, u64),
        entropy: &mut dyn Entropy,
    ) -> Result<Self> {
        let mut id = [0; 8];
        entropy.fill(&mut id)?;
        let (kind, argon2) = match new {
            NewSlot::Passphrase(_, params) => {
                let mut salt = [0; 16];
                entropy.fill(&mut salt)?;
                (PASSPHRASE, Some((*params, salt)))
            }
            NewSlot::KeyFile(_) => (RAW_KEY, None),
            NewSlot::Recovery(_) => (RECOVERY, None),
        };
        let (created, created_epoch) = born;
        let unknown = Vec::new();
        let flags = 0;
        let mut slot = Self {
            kind,
            flags,
            id,
            created,
            created_epoch,
            argon2,
            commit: [0; 32],
            wrapped: [0; 72],
            unknown,
        };
        let keys = match new {
            NewSlot::Passphrase(text, _) => slot.keys(store, slot.stretch(store, text)?.expose()),
            NewSlot::KeyFile(key) => slot.keys(store, key.expose()),
            NewSlot::Recovery(code) => slot.keys(store, code.expose()),
        };
        slot.commit = *keys.commit.expose();
        let sealed = SealKey::new(&keys.wrap).seal(&slot.aad(store), root.expose(), entropy)?;
        slot.wrapped = sealed
            .try_into()
            .map_err(|_| Error::Bug("a wrapped key has another length"))?;
        Ok(slot)
    }

    pub(in crate::barrier) fn kind(&self) -> SlotKind {
        match (self.kind, self.flags) {
            (PASSPHRASE, 0) => SlotKind::Passphrase,
            (RAW_KEY, 0) => SlotKind::KeyFile,
            (RECOVERY, 0) => SlotKind::Recovery,
            _ => SlotKind::Unknown,
        }
    }

    pub(in crate::barrier) fn created(&self) -> Time {
        self.created
    }

    /// Whether a guess at the passphrase costs less than for a new slot.
    pub(in crate::barrier) fn is_weak(&self) -> bool {
        self.argon2
            .as_ref()
            .is_some_and(|(params, _)| !params.at_least(&Argon2Params::SLOT_DEFAULT))
    }

    /// Stretches a passphrase for this slot, at a cost within `limits`.
    pub(in crate::barrier) fn stretched(
        &self,
        store: &StoreId,
        text: &SecretText,
        limits: &KdfLimits,
    ) -> Result<Key> {
        if let Some((params, _)) = &self.argon2 {
            limits.check(params)?;
        }
        self.stretch(store, text)
    }

    /// The root key if `ikm` opens this slot, `None` if it does not.
    pub(in crate::barrier) fn open(&self, store: &StoreId, ikm: &[u8]) -> Result<Option<Key>> {
        let keys = self.keys(store, ikm);
        if !bool::from(keys.commit.expose().ct_eq(&self.commit)) {
            return Ok(None);
        }
        let opened = SealKey::new(&keys.wrap).open(&self.aad(store), &self.wrapped);
        let root = opened.and_then(|bytes| Key::from_slice(&bytes));
        root.map(Some)
            .ok_or_else(|| Error::Integrity("a key slot was changed".into()))
    }

    fn stretch(&self, store: &StoreId, text: &SecretText) -> Result<Key> {
        let (params, salt) = self
            .argon2
            .as_ref()
            .ok_or(Error::Bug("only passphrase slots are stretched"))?;
        passphrase_key(text, salt, &[store, &self.id[..]].concat(), params)
    }

    fn keys(&self, store: &StoreId, ikm: &[u8]) -> SlotKeys {
        let salt = [&store[..], &self.id].concat();
        SlotKeys {
            wrap: hkdf(&salt, ikm, Label::SlotWrap),
            commit: hkdf(&salt, ikm, Label::SlotCommit),
        }
    }

    /// The AAD: only what never changes during the slot's lifetime; the header's MAC covers the
    /// rest.
    fn aad(&self, store: &StoreId) -> Vec<u8> {
        let mut aad = Vec::with_capacity(128);
        aad.extend_from_slice(&Label::SlotWrap.bytes());
        aad.extend_from_slice(store);
        aad.extend_from_slice(&SUITE.to_le_bytes());
        aad.extend_from_slice(&[self.kind, 0]);
        aad.extend_from_slice(&self.head());
        aad
    }

    /// The body up to `commit`.
    fn head(&self) -> Vec<u8> {
        let mut head = Vec::with_capacity(52);
        head.extend_from_slice(&self.id);
        head.extend_from_slice(&self.created.seconds().to_le_bytes());
        head.extend_from_slice(&self.created_epoch.to_le_bytes());
        if let Some((params, salt)) = &self.argon2 {
            for value in [params.m_kib, params.t, params.p] {
                head.extend_from_slice(&value.to_le_bytes());
            }
            head.extend_from_slice(salt);
        }
        head
    }

    /// `type u8 ‖ flags u8 = 0 ‖ body_len u16 ‖ body`.
    pub(in crate::barrier) fn encode(&self, out: &mut Vec<u8>) {
        let body = match self.kind() {
            SlotKind::Unknown => self.unknown.clone(),
            _ => [&self.head()[..], &self.commit, &self.wrapped].concat(),
        };
        out.extend_from_slice(&[self.kind, self.flags]);
        out.extend_from_slice(&u16::try_from(body.len()).unwrap_or(u16::MAX).to_le_bytes());
        out.extend_from_slice(&body);
    }

    pub(in crate::barrier) fn decode(cursor: &mut Cursor<'_>) -> Result<Self> {
        let [kind, flags] = cursor.array()?;
        let body_len = cursor.u16()?;
        let body = cursor.take(usize::from(body_len))?;
        let mut fields = Cursor::new(body, "a key slot");
        let id = fields.array()?;
        if !(PASSPHRASE..=RECOVERY).contains(&kind) || flags != 0 {
            return Ok(Self::unknown(kind, flags, id, body));
        }
        let created = Time::from_seconds(fields.i64()?);
        let created_epoch = fields.u64()?;
        let argon2 = match kind {
            PASSPHRASE => {
                let params = Argon2Params {
                    m_kib: fields.u32()?,
                    t: fields.u32()?,
                    p: fields.u32()?,
                };
                Some((params, fields.array()?))
            }
            _ => None,
        };
        let commit = fields.array()?;
        let wrapped = fields.array()?;
        if !fields.rest().is_empty() {
            return Err(Error::Integrity("a key slot has trailing bytes".into()));
        }
        Ok(Self {
            kind,
            flags,
            id,
            created,
            created_epoch,
            argon2,
            commit,
            wrapped,
            unknown: Vec::new(),
        })
    }

    fn unknown(kind: u8, flags: u8, id: SlotId, body: &[u8]) -> Self {
        let created = Time::from_seconds(0);
        let unknown = body.to_vec();
        Self {
            kind,
            flags,
            id,
            created,
            created_epoch: 0,
            argon2: None,
            commit: [0; 32],
            wrapped: [0; 72],
            unknown,
        }
    }
}

struct SlotKeys {
    wrap: Key,
    commit: Key,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    #[test]
    fn a_slot_that_is_guessed_at_for_less_than_a_new_one_is_weak() {
        let with = |argon2| Slot {
            argon2,
            ..Slot::unknown(PASSPHRASE, 0, [0; 8], &[])
        };
        let is_weak = |params| with(Some((params, [0; 16]))).is_weak();
        assert!(is_weak(Argon2Params::SLOT_FLOOR));
        assert!(!is_weak(Argon2Params::SLOT_DEFAULT));
        assert!(!with(None).is_weak(), "a key is not guessed");
    }

    #[test]
    fn a_slot_has_no_bytes_behind_its_last_field() {
        let root = Key::generate(&mut OsEntropy).unwrap();
        let new = NewSlot::KeyFile(&root);
        let born = (Time::from_seconds(9), 1);
        let slot = Slot::new(&new, &[7; 16], &root, born, &mut OsEntropy).unwrap();
        let mut bytes = Vec::new();
        slot.encode(&mut bytes);
        let decode = |bytes: &[u8]| Slot::decode(&mut Cursor::new(bytes, "a slot"));
        assert!(decode(&bytes).is_ok());
        bytes[2] += 1;
        bytes.push(0);
        let error = decode(&bytes).err().unwrap();
        assert!(error.to_string().contains("trailing bytes"), "{error}");
    }

    #[test]
    fn every_passphrase_slot_has_a_salt_of_its_own() {
        let root = Key::generate(&mut OsEntropy).unwrap();
        let text = SecretText::new("correct horse battery".to_owned());
        let new = NewSlot::Passphrase(&text, Argon2Params::SLOT_FLOOR);
        let salt = || {
            let born = (Time::from_seconds(9), 1);
            let slot = Slot::new(&new, &[7; 16], &root, born, &mut OsEntropy).unwrap();
            slot.argon2.unwrap().1
        };
        let first = salt();
        assert_ne!(first, [0; 16]);
        assert_ne!(first, salt());
    }
}
