//! The header: `hdr` row 1, in the clear, authenticated by a MAC under the root key.

use subtle::ConstantTimeEq as _;

use super::slot::{SUITE, Slot, SlotKind};
use crate::backend::{Fault, Transaction, Want};
use crate::barrier::rows::codec::Cursor;
use crate::barrier::store_id::StoreId;
use crate::crypto::kdf::hkdf;
use crate::crypto::{Key, hash};
use crate::crypto::{Label, MacKey};
use crate::error::{Error, Refusal, Result};

/// The first eight bytes; modelled on PNG's, to detect text-mode copies.
const MAGIC: [u8; 8] = *b"\x89HPS\r\n\x1a\n";
/// The major version of the format that this program writes.
pub const MAJOR: u16 = 1;
const MINOR: u16 = 0;
const LARGEST: usize = 16 << 10;
const MOST_SLOTS: usize = 16;
const MOST_PASSPHRASES: usize = 4;
/// Feature bit of a store that was moved to another place.
const MOVED: u32 = 1;

/// A decoded header.
#[derive(Clone)]
pub(in crate::barrier) struct Header {
    minor: u16,
    ro_compat: u32,
    /// Whether the store was moved to another place, which the last entry of its log names.
    pub(in crate::barrier) moved: bool,
    pub(in crate::barrier) store: StoreId,
    pub(in crate::barrier) generation: u64,
    root_commit: [u8; 32],
    pub(in crate::barrier) slots: Vec<Slot>,
}

impl Header {
    pub(in crate::barrier) fn new(store: StoreId, root: &Key) -> Self {
        let root_commit = commitment(&store, root);
        Self {
            minor: MINOR,
            ro_compat: 0,
            moved: false,
            store,
            generation: 0,
            root_commit,
            slots: Vec::new(),
        }
    }

    /// Whether a newer minor version wrote this header, so that this program must not write.
    pub(in crate::barrier) fn newer_minor(&self) -> bool {
        self.minor > MINOR || self.ro_compat != 0
    }

    /// Makes the header look as if a newer hallpass had written it.
    #[cfg(test)]
    pub(in crate::barrier) fn be_newer(&mut self) {
        self.minor = MINOR + 1;
    }

    /// Adds a slot, within the format's limits.
    pub(in crate::barrier) fn add(&mut self, slot: Slot) -> Result<()> {
        let passphrases = self
            .slots
            .iter()
            .filter(|s| s.kind() == SlotKind::Passphrase)
            .count();
        if slot.kind() == SlotKind::Passphrase && passphrases >= MOST_PASSPHRASES {
            return Err(Refusal::Limit("a store has at most 4 passphrases").into());
        }
        if self.slots.len() >= MOST_SLOTS {
            return Err(Refusal::Limit("a store has at most 16 key slots").into());
        }
        self.slots.push(slot);
        Ok(())
    }

    /// Encodes row 1, including the MAC.
    pub(in crate::barrier) fn encode(&self, root: &Key) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(1024);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&MAJOR.to_le_bytes());
        bytes.extend_from_slice(&self.minor.to_le_bytes());
        let features = if self.moved { MOVED } else { 0 };
        bytes.extend_from_slice(&features.to_le_bytes());
        bytes.extend_from_slice(&self.ro_compat.to_le_bytes());
        bytes.extend_from_slice(&SUITE.to_le_bytes());
        bytes.extend_from_slice(&u16::try_from(self.slots.len()).unwrap_or(0).to_le_bytes());
        bytes.extend_from_slice(&self.store);
        bytes.extend_from_slice(&self.generation.to_le_bytes());
        bytes.extend_from_slice(&self.root_commit);
        self.slots.iter().for_each(|slot| slot.encode(&mut bytes));
        let mac = MacKey::new(&hkdf(&self.store, root.expose(), Label::HdrMac));
        let tag = mac.tag(Label::HdrMac, &[&bytes]);
        bytes.extend_from_slice(tag.bytes());
        bytes
    }

    /// Decodes an unauthenticated header: every length is checked, nothing is trusted.
    pub(in crate::barrier) fn decode(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > LARGEST {
            return Err(corrupt("its header is too large"));
        }
        let mut cursor = Cursor::new(bytes, "the header");
        if cursor.array::<8>().ok() != Some(MAGIC) {
            return Err(corrupt("its header has no valid start"));
        }
        Self::decode_versions(&mut cursor).and_then(|(minor, features, slots)| {
            let (moved, ro_compat) = features;
            let store = cursor.array()?;
            let generation = cursor.u64()?;
            let root_commit = cursor.array()?;
            let slots = (0..slots)
                .map(|_| Slot::decode(&mut cursor))
                .collect::<Result<Vec<_>>>()?;
            let passphrases = |slot: &&Slot| slot.kind() == SlotKind::Passphrase;
            if slots.iter().filter(passphrases).count() > MOST_PASSPHRASES {
                return Err(corrupt("its header has more passphrases than allowed"));
            }
            if cursor.rest().len() != 32 {
                return Err(Error::Integrity("the header has trailing bytes".into()));
            }
            Ok(Self {
                minor,
                ro_compat,
                moved,
                store,
                generation,
                root_commit,
                slots,
            })
        })
    }

    fn decode_versions(cursor: &mut Cursor<'_>) -> Result<(u16, (bool, u32), u16)> {
        let major = cursor.u16()?;
        let minor = cursor.u16()?;
        let incompat = cursor.u32()?;
        let ro_compat = cursor.u32()?;
        let suite = cursor.u16()?;
        let slots = cursor.u16()?;
        if major != MAJOR {
            return Err(newer(format!(
                "format {major}, but this program reads {MAJOR}"
            )));
        }
        let unknown = incompat & !MOVED;
        if unknown != 0 {
            return Err(newer(format!("unknown features {unknown:#x}")));
        }
        if suite != SUITE {
            return Err(newer(format!("unknown cipher suite {suite}")));
        }
        if !(1..=MOST_SLOTS).contains(&usize::from(slots)) {
            return Err(corrupt("its header has no key slots"));
        }
        Ok((minor, (incompat & MOVED != 0, ro_compat), slots))
    }

    /// Verifies that `root` is this header's root key, and that `bytes` were not changed.
    pub(in crate::barrier) fn authenticate(&self, bytes: &[u8], root: &Key) -> Result<()> {
        if !bool::from(commitment(&self.store, root).ct_eq(&self.root_commit)) {
            return Err(Error::Integrity("the header names another root key".into()));
        }
        let (covered, mac) = bytes
            .split_last_chunk::<32>()
            .ok_or_else(|| Error::Integrity("the header is truncated".into()))?;
        let key = MacKey::new(&hkdf(&self.store, root.expose(), Label::HdrMac));
        if key.tag(Label::HdrMac, &[covered]).ct_eq(mac) {
            return Ok(());
        }
        Err(Error::Integrity("the header was changed".into()))
    }
}

/// Reads header and keyring, after checking the storage's schema.
pub(in crate::barrier) fn heads(tx: &dyn Transaction) -> Result<(Vec<u8>, Vec<u8>)> {
    tx.fetch(&[Want::Hdr(1), Want::Hdr(2)])?;
    tx.check_shape().map_err(|fault| unfinished(tx, fault))?;
    let missing = || Fault::Corrupt("its header is missing".into());
    Ok((
        tx.hdr_get(1)?.ok_or_else(missing)?,
        tx.hdr_get(2)?.ok_or_else(missing)?,
    ))
}

/// What is wrong with a store that has not the shape of one. A copy gets its header last, so that
/// nothing opens one that is not finished.
fn unfinished(tx: &dyn Transaction, fault: Fault) -> Fault {
    let is_begun = || {
        let counts = tx.counts(1).ok()?;
        Some((counts.hdr, counts.man) == (0, 0) && counts.log + counts.obj > 0)
    };
    match fault {
        Fault::Corrupt(_) if is_begun() == Some(true) => Fault::Corrupt(
            "it is an unfinished copy, which the same `store copy`, run again, finishes".into(),
        ),
        other => other,
    }
}

/// The hash of a header that the root records.
pub(in crate::barrier) fn fingerprint(bytes: &[u8]) -> [u8; 32] {
    hash::sha256(bytes)
}

fn commitment(store: &StoreId, root: &Key) -> [u8; 32] {
    *hkdf(store, root.expose(), Label::RootCommit).expose()
}

fn corrupt(why: &str) -> Error {
    Fault::Corrupt(why.into()).into()
}

fn newer(what: String) -> Error {
    Fault::NewerFormat(what).into()
}

#[cfg(test)]
mod tests;
