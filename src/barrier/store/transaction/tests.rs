//! Stores that only a holder of the root key can produce.

use super::*;
use crate::backend::memory::{Around, MemoryBackend};
use crate::barrier::anchor::State;
use crate::barrier::log::chain::Details;
use crate::barrier::unlocking::key_file;
use crate::barrier::unlocking::passphrase::KdfLimits;
use crate::barrier::unlocking::secret::Unlock;
use crate::barrier::unlocking::slot::NewSlot;
use crate::barrier::unlocking::unlocked::NewStore;
use crate::crypto::Key;
use crate::entropy::OsEntropy;
use crate::kind::Kind;
use crate::model::audit::{Action, Object};

const NOW: Time = Time::from_seconds(1_700_000_000);

/// A store in memory, and the secret that opens it.
fn found() -> (MemoryBackend, Store, Unlock) {
    let backend = MemoryBackend::new();
    let key = Key::generate(&mut OsEntropy).unwrap();
    let id = [7; 16];
    let actor = Actor::default();
    let slots = vec![NewSlot::KeyFile(&key)];
    let founding = NewStore {
        id,
        slots,
        now: NOW,
        actor: &actor,
    };
    let state = State::off();
    let made = Store::create(
        Box::new(backend.clone()),
        &founding,
        &state,
        &mut OsEntropy,
        note,
    );
    let store = made.and_then(Store::publish).unwrap();
    (backend, store, Unlock::KeyFile(key_file::encode(&id, &key)))
}

/// A change, with an audit entry.
fn note(w: &mut Writer<'_>) -> Result<()> {
    let object = Object {
        kind: "store".into(),
        id: String::new(),
        name: None,
    };
    w.audit(Action::StoreInit, object, Details::new())
}

fn change(store: &mut Store) -> Result<()> {
    store.write(NOW, &Actor::default(), &mut OsEntropy, note)
}

#[test]
fn a_store_of_a_newer_minor_version_is_read_and_not_written() {
    let (backend, mut store, secret) = found();
    change(&mut store).unwrap();
    let mut header = store.unlocked.header.clone();
    let before = header.generation;
    header.generation += 1;
    header.be_newer();
    let newer = |w: &mut Writer<'_>| w.replace_header(&header, before);
    store
        .write(NOW, &Actor::default(), &mut OsEntropy, newer)
        .unwrap();
    let written = backend.tables();
    let state = State::off();
    let opened = Store::open(
        Box::new(backend.clone()),
        &secret,
        &KdfLimits::default(),
        &state,
    );
    let mut store = opened.unwrap();
    assert_eq!(store.read(|r| Ok(r.census().audit_rows)).unwrap(), 2);
    assert!(!store.writable());
    assert_eq!(change(&mut store).unwrap_err().kind(), Kind::NewerFormat);
    let quietly = store.write_quietly(NOW, &Actor::default(), &mut OsEntropy, note);
    assert_eq!(quietly.unwrap_err().kind(), Kind::NewerFormat);
    assert_eq!(backend.tables(), written);
}

/// Runs [`change`] and counts how often each part of it ran.
fn counted(store: &mut Store) -> (Result<()>, u32, u32) {
    let mut changes = 0;
    let mut lasts = 0;
    let done = store.write_then(
        NOW,
        &Actor::default(),
        &mut OsEntropy,
        |w| {
            changes += 1;
            note(w)
        },
        |()| {
            lasts += 1;
            Ok(())
        },
    );
    (done, changes, lasts)
}

#[test]
fn a_change_is_run_again_when_another_writer_was_faster() {
    let (backend, mut store, _) = found();
    let rows = |store: &mut Store| store.read(|r| Ok(r.census().audit_rows)).unwrap();
    let before = rows(&mut store);
    for method in ["begin", "man_get", "log_put"] {
        backend.faults().fail_method(method, 1, || Fault::Conflict);
        backend.faults().fail_method(method, 2, || Fault::Conflict);
    }
    let (done, changes, lasts) = counted(&mut store);
    done.unwrap();
    assert!(changes > 1, "it lost at least once in its midst");
    assert_eq!(lasts, 1);
    assert_eq!(
        rows(&mut store),
        before + 1,
        "only the last attempt was kept"
    );
}

#[test]
fn a_change_without_a_last_step_is_run_again_whatever_its_commit_says() {
    let (backend, mut store, _) = found();
    backend
        .faults()
        .fail_commit(Around::Before, || Fault::Conflict);
    change(&mut store).unwrap();
    assert_eq!(store.read(|r| Ok(r.census().audit_rows)).unwrap(), 2);
}

#[test]
fn nothing_is_run_again_once_the_last_step_has_begun() {
    let (backend, mut store, _) = found();
    let before = backend.tables();
    backend
        .faults()
        .fail_commit(Around::Before, || Fault::Conflict);
    let (done, changes, lasts) = counted(&mut store);
    assert!(matches!(done, Err(Error::Storage(Fault::Conflict))));
    assert_eq!((changes, lasts), (1, 1));
    assert_eq!(backend.tables(), before);
}

#[test]
fn a_last_step_that_fails_undoes_all_and_none_is_taken_for_nothing() {
    let (backend, mut store, _) = found();
    let before = backend.tables();
    let mut write = |change: fn(&mut Writer<'_>) -> Result<()>| {
        let broken = |(): &mut ()| Err(Error::Bug("the last step"));
        store.write_then(NOW, &Actor::default(), &mut OsEntropy, change, broken)
    };
    assert!(matches!(write(note), Err(Error::Bug("the last step"))));
    write(|_| Ok(())).unwrap();
    assert_eq!(backend.tables(), before);
}

#[test]
fn no_two_writers_wait_for_the_same_time() {
    struct Always(u8);
    impl Entropy for Always {
        fn fill(&mut self, out: &mut [u8]) -> Result<(), crate::entropy::NoRandomness> {
            out.fill(self.0);
            Ok(())
        }
    }
    let pause = Duration::from_millis(512);
    let waited = |byte| jittered(pause, &mut Always(byte)).unwrap();
    assert_eq!(waited(0), Duration::from_millis(256));
    assert_eq!(waited(100), Duration::from_millis(356));
    assert_eq!(waited(255), Duration::from_millis(511));
}

#[test]
fn waiting_for_others_has_an_end() {
    let all: Duration = pauses().sum();
    assert!((4..=5).contains(&all.as_secs()), "{all:?}");
    let pause = Duration::from_millis(200);
    for _ in 0..50 {
        let waited = jittered(pause, &mut OsEntropy).unwrap();
        assert!(pause / 2 <= waited && waited <= pause, "{waited:?}");
    }
}
