//! A keyring that another process has replaced, as a later version will do.

use super::*;
use crate::barrier::unlocking::keyring::{KeyState, Keyring, Purpose};
use crate::kind::Kind;

/// Whose key seals the root.
enum Sealed {
    WithTheNew,
    WithTheOld,
}

/// Replaces the manifest's key in the file, and leaves the old one in this state.
fn replace_key(held: &TestStore, store: &Store, old: KeyState, sealed: &Sealed) {
    let tables = held.backend.tables();
    let unlocked = store.unlocked();
    let mut ring = Keyring::open(&tables.hdr[&2], &STORE, unlocked.root_key()).unwrap();
    let is_manifest =
        |key: &crate::barrier::unlocking::keyring::Entry| key.purpose == Purpose::Manifest;
    let mut fresh = Keyring::generate(&mut OsEntropy).unwrap();
    fresh.entries.retain(is_manifest);
    fresh.entries[0].kid = 9;
    ring.entries
        .iter_mut()
        .find(|key| is_manifest(key))
        .unwrap()
        .state = old;
    ring.entries.append(&mut fresh.entries);
    ring.generation += 1;
    let ring = ring
        .seal(&STORE, unlocked.root_key(), &mut OsEntropy)
        .unwrap();
    let newer = unlocked.sibling((tables.hdr[&1].clone(), ring.clone()));
    let newer = newer.unwrap();
    let mut root = unlocked.open_root(&tables.man[&0]).unwrap();
    root.epoch += 1;
    newer.put_into(&mut root);
    let sealer = match sealed {
        Sealed::WithTheNew => &newer,
        Sealed::WithTheOld => unlocked,
    };
    let row = sealer.seal_manifest(0, &root.encode(), &mut OsEntropy);
    held.backend.tamper(|tables| {
        tables.hdr.insert(2, ring);
        tables.man.insert(0, row.unwrap());
    });
}

#[test]
fn a_keyring_that_was_replaced_is_read_again() {
    let (held, _) = TestStore::published();
    let mut store = held.open(&State::off());
    let before = store.read(|r| Ok(r.epoch())).unwrap();
    replace_key(&held, &store, KeyState::ReadOnly, &Sealed::WithTheNew);
    assert_eq!(store.read(|r| Ok(r.epoch())).unwrap(), before + 1);
    change(&mut store);
    look(&mut held.open(&State::off())).unwrap();
}

/// A key that leaked was destroyed: who has it must not be able to seal a root.
#[test]
fn a_root_is_sealed_with_a_key_of_the_keyring_that_it_names() {
    let (held, _) = TestStore::published();
    let mut store = held.open(&State::off());
    replace_key(&held, &store, KeyState::Destroyed, &Sealed::WithTheOld);
    assert_eq!(look(&mut store).unwrap_err().kind(), Kind::Integrity);
}
