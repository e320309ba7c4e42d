//! A keyring that another process has replaced, as a later version will do.

use std::time::Duration;

use super::*;
use crate::barrier::unlocking::keyring::{Entry, KeyState, Keyring, Purpose};
use crate::kind::Kind;
use crate::model::id::RecordId;
use crate::model::profile::Address;
use crate::model::time::Span;

/// Whose key seals the root.
enum Sealed {
    WithTheNew,
    WithTheOld,
}

/// The keys of tokens and passwords in the file, replaced as a later version will do: those from
/// before are only for what was made with them.
pub(crate) fn renew_keys(backend: &MemoryBackend, store: &Store) {
    let purposes = [Purpose::Token, Purpose::Pepper];
    replace_keys(
        backend,
        store,
        &purposes,
        KeyState::ReadOnly,
        &Sealed::WithTheNew,
    );
}

/// Replaces the active keys for these purposes in the file, and leaves the old ones in this state.
fn replace_keys(
    backend: &MemoryBackend,
    store: &Store,
    purposes: &[Purpose],
    old: KeyState,
    sealed: &Sealed,
) {
    let tables = backend.tables();
    let unlocked = store.unlocked();
    let id = unlocked.header.store;
    let mut ring = Keyring::open(&tables.hdr[&2], &id, unlocked.root_key()).unwrap();
    let is_meant = |key: &Entry| purposes.contains(&key.purpose);
    let newest = ring.entries.iter().map(|key| key.kid).max().unwrap();
    let mut fresh = Keyring::generate(&mut OsEntropy).unwrap();
    fresh.entries.retain(is_meant);
    for key in &mut fresh.entries {
        key.kid += newest;
    }
    for key in ring.entries.iter_mut().filter(|key| is_meant(key)) {
        key.state = old;
    }
    ring.entries.append(&mut fresh.entries);
    ring.generation += 1;
    let ring = ring.seal(&id, unlocked.root_key(), &mut OsEntropy).unwrap();
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
    backend.tamper(|tables| {
        tables.hdr.insert(2, ring);
        tables.man.insert(0, row.unwrap());
    });
}

#[test]
fn a_keyring_that_was_replaced_is_read_again() {
    let (held, _) = TestStore::published();
    let mut store = held.open(&State::off());
    let before = store.read(|r| Ok(r.epoch())).unwrap();
    replace_keys(
        &held.backend,
        &store,
        &[Purpose::Manifest],
        KeyState::ReadOnly,
        &Sealed::WithTheNew,
    );
    assert_eq!(store.read(|r| Ok(r.epoch())).unwrap(), before + 1);
    change(&mut store);
    look(&mut held.open(&State::off())).unwrap();
}

/// A key that leaked was destroyed: who has it must not be able to seal a root.
#[test]
fn a_root_is_sealed_with_a_key_of_the_keyring_that_it_names() {
    let (held, _) = TestStore::published();
    let mut store = held.open(&State::off());
    replace_keys(
        &held.backend,
        &store,
        &[Purpose::Manifest],
        KeyState::Destroyed,
        &Sealed::WithTheOld,
    );
    assert_eq!(look(&mut store).unwrap_err().kind(), Kind::Integrity);
}

/// What a key sealed opens as long as the keyring has it; then it is as if it had never been recorded.
#[test]
fn a_last_use_is_sealed_with_the_newest_key_and_lost_with_its_own() {
    let (backend, _line) = MemoryBackend::watched(|| Duration::ZERO);
    let held = TestStore {
        backend,
        ..TestStore::new()
    };
    held.draft(&held.state()).publish().unwrap();
    let mut store = held.open(&State::off());
    let [one, other] = [1, 2].map(|n| RecordId::from_bytes([n; 16]));
    let add = |w: &mut Writer<'_>| {
        for id in [one, other] {
            let address = Address {
                address: format!("{id}@example.org"),
                profiles: 1,
                mailed: Vec::new(),
            };
            w.add(id, &address)?;
        }
        note(w)
    };
    write_at(&mut store, NOW, add).unwrap();
    let after = |seconds| Time::from_seconds(NOW.seconds() + seconds);
    let record = |store: &mut Store, id: RecordId, seconds: i64| {
        let uses = [(id, after(seconds))];
        let noted = store.note_uses(&uses.into(), Span::MINUTE, &mut OsEntropy);
        noted.unwrap();
    };
    let kid = |id: RecordId| held.backend.last_uses()[id.bytes()].kid;
    record(&mut store, one, 60);
    let renew = |store: &Store, old| {
        let purposes = [Purpose::Seal];
        replace_keys(&held.backend, store, &purposes, old, &Sealed::WithTheNew);
    };
    renew(&store, KeyState::ReadOnly);
    // It has not noticed yet.
    record(&mut store, other, 60);
    assert_ne!(kid(one), kid(other));
    let last = |id: RecordId| {
        let mut store = held.open(&State::off());
        store.read(|r| r.last_use(id)).unwrap()
    };
    let minute = Some(after(60));
    assert_eq!([last(one), last(other)], [minute, minute]);
    renew(&store, KeyState::Destroyed);
    assert_eq!([last(one), last(other)], [None, None]);
    record(&mut store, one, 61);
    assert_eq!(last(one), Some(after(61)));
}
