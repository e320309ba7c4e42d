//! The derived keys of an open store.

use super::keyring::{KeyState, Keyring, Purpose};
use crate::barrier::store_id::StoreId;
use crate::crypto::Key;
use crate::crypto::kdf::hkdf;
use crate::crypto::seal::SealKey;
use crate::crypto::{Label, MacKey};
use crate::error::{Error, Result};

/// A key that seals rows, with its id.
pub(in crate::barrier) struct Sealer {
    pub(in crate::barrier) kid: u32,
    pub(in crate::barrier) key: SealKey,
}

/// A key that makes MACs, with its id.
pub(in crate::barrier) struct Macer {
    pub(in crate::barrier) kid: u32,
    pub(in crate::barrier) key: MacKey,
}

/// A pepper, with its id.
struct Pepper {
    kid: u32,
    key: Key,
}

/// Everything derived from one generation of the keyring. The active key is first in each list.
pub(in crate::barrier) struct Keys {
    pub(in crate::barrier) generation: u64,
    objects: Vec<Sealer>,
    rows: Vec<Sealer>,
    logs: Vec<Sealer>,
    pub(in crate::barrier) index: MacKey,
    pub(in crate::barrier) manifest: MacKey,
    pub(in crate::barrier) chain: MacKey,
    tokens: Vec<Macer>,
    codes: Vec<Macer>,
    peppers: Vec<Pepper>,
    pub(in crate::barrier) anchor: MacKey,
}

impl Keys {
    pub(in crate::barrier) fn new(store: &StoreId, root: &Key, ring: Keyring) -> Result<Self> {
        let anchor = MacKey::new(&hkdf(store, root.expose(), Label::Anchor));
        let generation = ring.generation;
        let mut entries = ring.entries;
        entries.retain(|entry| entry.state != KeyState::Destroyed);
        entries.sort_by_key(|entry| (entry.state != KeyState::Active, entry.kid));
        let all = |purpose| entries.iter().filter(move |entry| entry.purpose == purpose);
        let first = |purpose| all(purpose).next().ok_or_else(missing);
        // A key that also makes MACs seals with a derived key, so that no key serves two
        // algorithms.
        let split = |purpose, label| {
            all(purpose).map(move |e| Sealer {
                kid: e.kid,
                key: SealKey::new(&hkdf(store, e.key.expose(), label)),
            })
        };
        let macers = |purpose| {
            all(purpose).map(|e| Macer {
                kid: e.kid,
                key: MacKey::new(&e.key),
            })
        };
        let keys = Self {
            generation,
            objects: split(Purpose::Seal, Label::Obj).collect(),
            rows: split(Purpose::Manifest, Label::Man).collect(),
            logs: split(Purpose::Log, Label::Log).collect(),
            index: MacKey::new(&first(Purpose::Index)?.key),
            manifest: MacKey::new(&first(Purpose::Manifest)?.key),
            chain: MacKey::new(&first(Purpose::Log)?.key),
            tokens: macers(Purpose::Token).collect(),
            codes: macers(Purpose::Otp).collect(),
            anchor,
            peppers: Vec::new(),
        };
        let peppers = entries
            .into_iter()
            .filter(|entry| entry.purpose == Purpose::Pepper);
        Ok(Self {
            peppers: peppers
                .map(|e| Pepper {
                    kid: e.kid,
                    key: e.key,
                })
                .collect(),
            ..keys
        })
    }

    pub(in crate::barrier) fn object(&self, kid: Option<u32>) -> Result<&Sealer> {
        pick(&self.objects, kid, |sealer| sealer.kid)
    }

    pub(in crate::barrier) fn row(&self, kid: Option<u32>) -> Result<&Sealer> {
        pick(&self.rows, kid, |sealer| sealer.kid)
    }

    pub(in crate::barrier) fn log(&self, kid: Option<u32>) -> Result<&Sealer> {
        pick(&self.logs, kid, |sealer| sealer.kid)
    }

    /// The MAC key of tokens with id `kid`, or the active one.
    pub(in crate::barrier) fn token(&self, kid: Option<u32>) -> Result<&Macer> {
        pick(&self.tokens, kid, |mac| mac.kid)
    }

    /// The MAC key of verification codes with id `kid`, or the active one.
    pub(in crate::barrier) fn code(&self, kid: Option<u32>) -> Result<&Macer> {
        pick(&self.codes, kid, |mac| mac.kid)
    }

    pub(in crate::barrier) fn pepper(&self, kid: Option<u32>) -> Result<(u32, &Key)> {
        let pepper = pick(&self.peppers, kid, |pepper| pepper.kid)?;
        Ok((pepper.kid, &pepper.key))
    }
}

/// The key with that id; without an id, the active key.
fn pick<K>(keys: &[K], kid: Option<u32>, id: impl Fn(&K) -> u32) -> Result<&K> {
    match kid {
        None => keys.first(),
        Some(kid) => keys.iter().find(|key| id(key) == kid),
    }
    .ok_or_else(missing)
}

fn missing() -> Error {
    Error::Integrity("a row names a key that is not in the keyring".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    const STORE: StoreId = [6; 16];

    /// The keys of a ring with two keys for each purpose, of which the later one has this state.
    fn doubled(state: KeyState) -> Keys {
        let root = Key::generate(&mut OsEntropy).unwrap();
        let mut ring = Keyring::generate(&mut OsEntropy).unwrap();
        let mut older = Keyring::generate(&mut OsEntropy).unwrap();
        for entry in &mut older.entries {
            entry.kid += 100;
            entry.state = state;
        }
        older.entries.append(&mut ring.entries);
        Keys::new(&STORE, &root, older).unwrap()
    }

    #[test]
    fn new_values_are_made_with_the_active_key_and_old_ones_read_with_theirs() {
        let keys = doubled(KeyState::ReadOnly);
        let [seal, token, pepper, otp, manifest, log] = [1, 3, 4, 5, 6, 7];
        for kid in [None, Some(100)] {
            let of = |active: u32| kid.map(|older| older + active);
            let expected = |active: u32| kid.unwrap_or(0) + active;
            assert_eq!(keys.object(of(seal)).unwrap().kid, expected(seal));
            assert_eq!(keys.row(of(manifest)).unwrap().kid, expected(manifest));
            assert_eq!(keys.log(of(log)).unwrap().kid, expected(log));
            assert_eq!(keys.token(of(token)).unwrap().kid, expected(token));
            assert_eq!(keys.code(of(otp)).unwrap().kid, expected(otp));
            assert_eq!(keys.pepper(of(pepper)).unwrap().0, expected(pepper));
        }
        assert!(
            keys.object(Some(token)).is_err(),
            "a key for something else"
        );
        assert!(keys.pepper(Some(seal)).is_err());
    }

    #[test]
    fn a_destroyed_key_is_not_used() {
        let keys = doubled(KeyState::Destroyed);
        assert!(keys.object(Some(1)).is_ok() && keys.object(Some(101)).is_err());
        assert!(keys.pepper(Some(4)).is_ok() && keys.pepper(Some(104)).is_err());
    }
}
