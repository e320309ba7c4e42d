//! The header and keys of an unlocked store, in memory.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::header::{self, Header, heads};
use super::keyring::Keyring;
use super::keys::Keys;
use super::passphrase::KdfLimits;
use super::secret::{Unlock, unlock};
use super::slot::{NewSlot, Slot, SlotId, SlotSummary};
use crate::backend::{Row, Transaction};
use crate::barrier::rows::aad::aad;
use crate::barrier::rows::manifest::padded;
use crate::barrier::rows::root::Root;
use crate::barrier::store_id::StoreId;
use crate::crypto::{Key, Label, MacKey, hkdf};
use crate::entropy::Entropy;
use crate::error::{Error, History, Result};
use crate::model::audit::Actor;
use crate::model::time::Time;

/// The inputs for a new store.
pub struct NewStore<'a> {
    /// Its id: random, chosen by the caller because a key file contains it.
    pub id: StoreId,
    /// The secrets that will open it.
    pub slots: Vec<NewSlot<'a>>,
    /// The time of its creation.
    pub now: Time,
    /// Who creates it.
    pub actor: &'a Actor,
}

/// Header, keys and the root key of an open store.
pub(in crate::barrier) struct Unlocked {
    pub(in crate::barrier) header: Header,
    header_hash: [u8; 32],
    keyring_tag: [u8; 16],
    pub(in crate::barrier) keys: Arc<Keys>,
    root_key: Key,
    slot: SlotId,
}

impl Unlocked {
    /// Generates root key, slots and keyring of a new store. Also returns `hdr` rows 1 and 2.
    pub(in crate::barrier) fn create(
        founding: &NewStore<'_>,
        entropy: &mut dyn Entropy,
    ) -> Result<(Self, Vec<u8>, Vec<u8>)> {
        let root_key = Key::generate(entropy)?;
        let mut header = Header::new(founding.id, &root_key);
        for slot in &founding.slots {
            let born = (founding.now, 1);
            header.add(Slot::new(slot, &founding.id, &root_key, born, entropy)?)?;
        }
        let header_bytes = header.encode(&root_key);
        let ring = Keyring::generate(entropy)?.seal(&founding.id, &root_key, entropy)?;
        let slot = header.slots.first().map(|slot| slot.id).unwrap_or_default();
        let unlocked = Self::new(header, &header_bytes, &ring, root_key, slot)?;
        Ok((unlocked, header_bytes, ring))
    }

    /// Unlocks a store with `secret`. No transaction is held, because stretching is slow.
    pub(in crate::barrier) fn unlock(
        (header_bytes, ring): (Vec<u8>, Vec<u8>),
        secret: &Unlock,
        limits: &KdfLimits,
    ) -> Result<Self> {
        let header = Header::decode(&header_bytes)?;
        let (root_key, slot) = unlock(&header, secret, limits)?;
        header.authenticate(&header_bytes, &root_key)?;
        Self::new(header, &header_bytes, &ring, root_key, slot)
    }

    fn new(
        header: Header,
        header_bytes: &[u8],
        ring: &[u8],
        root_key: Key,
        slot: SlotId,
    ) -> Result<Self> {
        let keys = Keys::new(
            &header.store,
            &root_key,
            Keyring::open(ring, &header.store, &root_key)?,
        )?;
        let header_hash = header::fingerprint(header_bytes);
        Ok(Self {
            header,
            header_hash,
            keyring_tag: Keyring::tag(ring)?,
            keys: Arc::new(keys),
            root_key,
            slot,
        })
    }

    /// Unlocks another file of the same store with the same root key, whatever its slots are.
    pub(in crate::barrier) fn sibling(
        &self,
        (header_bytes, ring): (Vec<u8>, Vec<u8>),
    ) -> Result<Self> {
        let header = Header::decode(&header_bytes)?;
        if header.store != self.header.store {
            return Err(Error::History(History::Substituted(
                "it is a different store".into(),
            )));
        }
        let root_key = Key::from_slice(self.root_key.expose());
        let root_key = root_key.ok_or(Error::Bug("a key has 32 bytes"))?;
        header.authenticate(&header_bytes, &root_key)?;
        Self::new(header, &header_bytes, &ring, root_key, self.slot)
    }

    /// Reads header and keyring again, after another process replaced them.
    pub(in crate::barrier) fn reload(&mut self, tx: &dyn Transaction) -> Result<()> {
        let (header_bytes, ring) = heads(tx)?;
        let header = Header::decode(&header_bytes)?;
        header.authenticate(&header_bytes, &self.root_key)?;
        if header.store != self.header.store {
            return Err(Error::History(History::Substituted(
                "its id has changed".into(),
            )));
        }
        let ring = (
            Keyring::tag(&ring)?,
            Keyring::open(&ring, &header.store, &self.root_key)?,
        );
        self.keyring_tag = ring.0;
        self.keys = Arc::new(Keys::new(&header.store, &self.root_key, ring.1)?);
        self.header_hash = header::fingerprint(&header_bytes);
        self.header = header;
        Ok(())
    }

    pub(in crate::barrier) fn fits(&self, row: &Row) -> bool {
        self.keys.row(Some(row.kid)).is_ok()
    }

    /// Whether the root records exactly this header and keyring. The recorded values cover their
    /// generations: the hash covers all of the header, and the keyring's tag its AAD.
    pub(in crate::barrier) fn is_at(&self, root: &Root) -> bool {
        root.header_hash == self.header_hash && root.keyring_tag == self.keyring_tag
    }

    /// Records header and keyring in the root of a new store.
    pub(in crate::barrier) fn put_into(&self, root: &mut Root) {
        (root.header_gen, root.header_hash) = (self.header.generation, self.header_hash);
        (root.keyring_gen, root.keyring_tag) = (self.keys.generation, self.keyring_tag);
    }

    /// Adopts a header that a transaction has just committed.
    pub(in crate::barrier) fn adopt(&mut self, header: Header) {
        self.header_hash = header::fingerprint(&header.encode(&self.root_key));
        self.header = header;
    }

    pub(in crate::barrier) fn open_root(&self, row: &Row) -> Result<Root> {
        Root::decode(&self.open_manifest(0, row)?)
    }

    pub(in crate::barrier) fn open_manifest(
        &self,
        b: u16,
        row: &Row,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let bound = aad(
            Label::Man,
            &self.header.store,
            row.kid,
            u128::from(b).to_le_bytes(),
        );
        let opened = self.keys.row(Some(row.kid))?.key.open(&bound, &row.sealed);
        opened.ok_or_else(|| Error::Integrity(format!("row {b} of `man` was changed")))
    }

    pub(in crate::barrier) fn seal_manifest(
        &self,
        b: u16,
        plain: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Row> {
        debug_assert_eq!(plain.len(), padded(plain.len()), "manifest rows are padded");
        let sealer = self.keys.row(None)?;
        let bound = aad(
            Label::Man,
            &self.header.store,
            sealer.kid,
            u128::from(b).to_le_bytes(),
        );
        Ok(Row {
            kid: sealer.kid,
            sealed: sealer.key.seal(&bound, plain, entropy)?,
        })
    }

    pub(in crate::barrier) fn root_key(&self) -> &Key {
        &self.root_key
    }

    /// The key that authenticates this machine's anchor and tombstones of the store.
    pub(in crate::barrier) fn anchor_key(&self) -> MacKey {
        MacKey::new(&hkdf(
            &self.header.store,
            self.root_key.expose(),
            Label::Anchor,
        ))
    }

    /// The id of the slot that opened.
    pub(in crate::barrier) fn slot(&self) -> SlotId {
        self.slot
    }

    pub(in crate::barrier) fn summaries(&self) -> Vec<SlotSummary> {
        let summary = |slot: &Slot| SlotSummary {
            id: data_encoding::HEXLOWER.encode(&slot.id),
            kind: slot.kind(),
            created_at: slot.created(),
            in_use: slot.id == self.slot,
            weak: slot.is_weak(),
        };
        self.header.slots.iter().map(summary).collect()
    }
}

/// Verifies that header and keyring in the file are authentic, and those that the root records.
pub(in crate::barrier) fn verify_heads(
    unlocked: &Unlocked,
    tx: &dyn Transaction,
    root: &Root,
) -> Result<()> {
    let (header, ring) = heads(tx)?;
    let named = header::fingerprint(&header) == root.header_hash;
    if named && Keyring::tag(&ring)? == root.keyring_tag {
        return Keyring::open(&ring, &unlocked.header.store, &unlocked.root_key).map(drop);
    }
    Err(Error::Integrity(
        "header and keyring are not the newest".into(),
    ))
}

/// Reads the sealed root.
pub(in crate::barrier) fn root_row(tx: &dyn Transaction) -> Result<Row> {
    let missing = || Error::Integrity("row 0 of `man` is missing".into());
    tx.man_get(0)?.ok_or_else(missing)
}

#[cfg(test)]
mod tests;
