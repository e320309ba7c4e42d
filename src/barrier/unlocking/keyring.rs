//! The keyring: `hdr` row 2, independent random keys sealed under a key derived from the root key.
//!
//! The keys are not derived from the root key, so that it and the seal key can be replaced without
//! invalidating tokens and passwords: their MACs and hashes cannot be recomputed.

use zeroize::Zeroizing;

use crate::backend::Fault;
use crate::barrier::rows::aad::aad;
use crate::barrier::rows::codec::Cursor;
use crate::barrier::store_id::StoreId;
use crate::crypto::Key;
use crate::crypto::Label;
use crate::crypto::kdf::hkdf;
use crate::crypto::seal::{self, SealKey};
use crate::entropy::Entropy;
use crate::error::{Error, Result};

const VERSION: u16 = 1;
const ENTRY: usize = 4 + 1 + 1 + 8 + 8 + 32;
const MOST: u16 = 1024;

/// The purpose of a key. Numbers are part of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::barrier) enum Purpose {
    Seal = 1,
    Index = 2,
    Token = 3,
    Pepper = 4,
    Otp = 5,
    Manifest = 6,
    Log = 7,
    Export = 8,
}

impl Purpose {
    const ALL: [Self; 8] = [
        Self::Seal,
        Self::Index,
        Self::Token,
        Self::Pepper,
        Self::Otp,
        Self::Manifest,
        Self::Log,
        Self::Export,
    ];

    fn from_number(number: u8) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|purpose| *purpose as u8 == number)
    }
}

/// Whether a key is used for new values. Numbers are part of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::barrier) enum KeyState {
    Active = 1,
    ReadOnly = 2,
    Destroyed = 3,
}

impl KeyState {
    fn from_number(number: u8) -> Option<Self> {
        [Self::Active, Self::ReadOnly, Self::Destroyed]
            .into_iter()
            .find(|s| *s as u8 == number)
    }
}

/// One key of the ring.
pub(in crate::barrier) struct Entry {
    pub(in crate::barrier) kid: u32,
    pub(in crate::barrier) purpose: Purpose,
    pub(in crate::barrier) state: KeyState,
    created_epoch: u64,
    retired_epoch: u64,
    pub(in crate::barrier) key: Key,
}

/// All keys of a store except the root key.
pub(in crate::barrier) struct Keyring {
    pub(in crate::barrier) generation: u64,
    pub(in crate::barrier) entries: Vec<Entry>,
}

impl Keyring {
    /// Generates a keyring with one active key for each purpose.
    pub(in crate::barrier) fn generate(entropy: &mut dyn Entropy) -> Result<Self> {
        let entries = (1u32..)
            .zip(Purpose::ALL)
            .map(|(kid, purpose)| {
                let key = Key::generate(entropy)?;
                let state = KeyState::Active;
                Ok(Entry {
                    kid,
                    purpose,
                    state,
                    created_epoch: 0,
                    retired_epoch: 0,
                    key,
                })
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            generation: 1,
            entries,
        })
    }

    /// `generation u64 ‖ nonce ‖ sealed`. The generation is in the clear because it is part of the
    /// AAD; it is compared with the one inside and with the one in the root.
    pub(in crate::barrier) fn seal(
        &self,
        store: &StoreId,
        root: &Key,
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<u8>> {
        let key = SealKey::new(&hkdf(store, root.expose(), Label::Keyring));
        let mut bytes = self.generation.to_le_bytes().to_vec();
        let bound = bound(store, self.generation);
        bytes.extend_from_slice(&key.seal(&bound, &self.encode(), entropy)?);
        Ok(bytes)
    }

    pub(in crate::barrier) fn open(bytes: &[u8], store: &StoreId, root: &Key) -> Result<Self> {
        let mut cursor = Cursor::new(bytes, "the keyring");
        let generation = cursor.u64()?;
        let key = SealKey::new(&hkdf(store, root.expose(), Label::Keyring));
        let plain = key
            .open(&bound(store, generation), cursor.rest())
            .ok_or_else(|| Error::Integrity("the keyring was changed".into()))?;
        let ring = Self::decode(&plain)?;
        if ring.generation != generation {
            return Err(damaged());
        }
        Ok(ring)
    }

    /// The tag of a sealed keyring, which the root records.
    pub(in crate::barrier) fn tag(bytes: &[u8]) -> Result<[u8; 16]> {
        seal::tag_of(bytes).ok_or_else(damaged)
    }

    fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut plain = Zeroizing::new(Vec::with_capacity(12 + self.entries.len() * ENTRY));
        plain.extend_from_slice(&VERSION.to_le_bytes());
        plain.extend_from_slice(&self.generation.to_le_bytes());
        plain.extend_from_slice(
            &u16::try_from(self.entries.len())
                .unwrap_or(MOST)
                .to_le_bytes(),
        );
        for entry in &self.entries {
            plain.extend_from_slice(&entry.kid.to_le_bytes());
            plain.extend_from_slice(&[entry.purpose as u8, entry.state as u8]);
            plain.extend_from_slice(&entry.created_epoch.to_le_bytes());
            plain.extend_from_slice(&entry.retired_epoch.to_le_bytes());
            plain.extend_from_slice(entry.key.expose());
        }
        plain
    }

    fn decode(plain: &[u8]) -> Result<Self> {
        let mut cursor = Cursor::new(plain, "the keyring");
        if cursor.u16()? != VERSION {
            return Err(Fault::NewerFormat("keyring version".into()).into());
        }
        let generation = cursor.u64()?;
        let count = cursor.u16()?;
        if count > MOST {
            return Err(damaged());
        }
        let entries = (0..count)
            .map(|_| decode_entry(&mut cursor))
            .collect::<Result<_>>()?;
        if !cursor.rest().is_empty() {
            return Err(damaged());
        }
        Ok(Self {
            generation,
            entries,
        })
    }
}

fn decode_entry(cursor: &mut Cursor<'_>) -> Result<Entry> {
    let kid = cursor.u32()?;
    let purpose = Purpose::from_number(cursor.u8()?).ok_or_else(damaged)?;
    let state = KeyState::from_number(cursor.u8()?).ok_or_else(damaged)?;
    let created_epoch = cursor.u64()?;
    let retired_epoch = cursor.u64()?;
    let key = Key::from_slice(cursor.take(32)?).ok_or_else(damaged)?;
    Ok(Entry {
        kid,
        purpose,
        state,
        created_epoch,
        retired_epoch,
        key,
    })
}

fn bound(store: &StoreId, generation: u64) -> [u8; 52] {
    aad(
        Label::Keyring,
        store,
        0,
        u128::from(generation).to_le_bytes(),
    )
}

fn damaged() -> Error {
    Error::Integrity("the keyring cannot be decoded".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    const STORE: StoreId = [9; 16];

    fn damage(bytes: &[u8], root: &Key) -> bool {
        matches!(Keyring::open(bytes, &STORE, root), Err(Error::Integrity(_)))
    }

    #[test]
    fn a_ring_opens_as_what_it_was_and_nowhere_else() {
        let root = Key::generate(&mut OsEntropy).unwrap();
        let ring = Keyring::generate(&mut OsEntropy).unwrap();
        let bytes = ring.seal(&STORE, &root, &mut OsEntropy).unwrap();
        let again = Keyring::open(&bytes, &STORE, &root).unwrap();
        assert_eq!((again.generation, again.entries.len()), (1, 8));
        assert!(matches!(
            Keyring::open(&bytes, &[8; 16], &root),
            Err(Error::Integrity(_))
        ));
        let mut other = bytes.clone();
        other[0] = 2;
        assert!(damage(&other, &root), "another generation in the clear");
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(damage(&changed, &root), "byte {at}");
        }
    }

    #[test]
    fn a_ring_says_what_each_key_is_for_and_whether_it_is_used() {
        let mut ring = Keyring::generate(&mut OsEntropy).unwrap();
        ring.entries[1].state = KeyState::ReadOnly;
        ring.entries[2].state = KeyState::Destroyed;
        let described = |ring: &Keyring| -> Vec<_> {
            let entries = ring.entries.iter();
            entries
                .map(|entry| (entry.kid, entry.purpose, entry.state))
                .collect()
        };
        let again = Keyring::decode(&ring.encode()).unwrap();
        assert_eq!(described(&again), described(&ring));
        let states: Vec<_> = again.entries.iter().map(|entry| entry.state).collect();
        assert_eq!(
            states[..3],
            [KeyState::Active, KeyState::ReadOnly, KeyState::Destroyed]
        );
    }

    #[test]
    fn writing_down_the_keys_leaves_no_copy_of_them() {
        let plain = Keyring::generate(&mut OsEntropy).unwrap().encode();
        assert_eq!(plain.capacity(), plain.len(), "the buffer never grew");
    }

    #[test]
    fn a_ring_has_no_more_keys_than_it_may_and_no_bytes_behind_them() {
        let ring = Keyring::generate(&mut OsEntropy).unwrap();
        let plain = ring.encode();
        assert!(Keyring::decode(&plain).is_ok());
        let error = |bytes: &[u8]| Keyring::decode(bytes).err().unwrap().to_string();
        let longer = error(&[&plain[..], &[0]].concat());
        assert!(longer.contains("cannot be decoded"), "{longer}");
        let counting = |count: u16| {
            let mut bytes = plain.to_vec();
            bytes[10..12].copy_from_slice(&count.to_le_bytes());
            error(&bytes)
        };
        assert!(
            counting(MOST).contains("truncated"),
            "as many are looked for"
        );
        assert!(counting(MOST + 1).contains("cannot be decoded"));
    }

    #[test]
    fn the_generation_inside_counts() {
        let root = Key::generate(&mut OsEntropy).unwrap();
        let ring = Keyring::generate(&mut OsEntropy).unwrap();
        // As a program would that seals one generation with the AAD of another.
        let key = SealKey::new(&hkdf(&STORE, root.expose(), Label::Keyring));
        let sealed = key
            .seal(&bound(&STORE, 2), &ring.encode(), &mut OsEntropy)
            .unwrap();
        let bytes = [&2u64.to_le_bytes()[..], &sealed].concat();
        assert!(damage(&bytes, &root));
    }
}
