//! What only somebody who has the root key can make of a store.

use super::*;
use crate::backend::memory::MemoryBackend;
use crate::barrier::log::Details;
use crate::barrier::opened::Founding;
use crate::barrier::secretfile;
use crate::barrier::slot::NewSlot;
use crate::crypto::{Key, OsEntropy};
use crate::error::Kind;
use crate::model::audit::{Action, Object};

const NOW: Time = Time::from_seconds(1_700_000_000);

/// A store in memory, and what opens it.
fn found() -> (MemoryBackend, Store, Unlock) {
    let (backend, key) = (MemoryBackend::new(), Key::generate(&mut OsEntropy).unwrap());
    let (id, actor) = ([7; 16], Actor::default());
    let slots = vec![NewSlot::KeyFile(&key)];
    let founding = Founding { id, slots, now: NOW, actor: &actor };
    let state = State::off();
    let made = Store::found(Box::new(backend.clone()), &founding, &state, &mut OsEntropy, note);
    let store = made.and_then(Store::publish).unwrap();
    (backend, store, Unlock::KeyFile(secretfile::spell(&id, &key)))
}

/// A change, and one that leaves its trace.
fn note(w: &mut Writer<'_>) -> Result<()> {
    let object = Object { kind: "store".into(), id: String::new(), name: None };
    w.audit(Action::StoreInit, object, Details::new())
}

fn change(store: &mut Store) -> Result<()> {
    store.write(NOW, &Actor::default(), &mut OsEntropy, note)
}

#[test]
fn a_store_of_a_newer_minor_version_is_read_and_not_written() {
    let (backend, mut store, secret) = found();
    change(&mut store).unwrap();
    let mut header = store.opened.header.clone();
    let before = header.generation;
    header.generation += 1;
    header.be_newer();
    let newer = |w: &mut Writer<'_>| w.replace_header(&header, before);
    store.write(NOW, &Actor::default(), &mut OsEntropy, newer).unwrap();
    let (written, state) = (backend.tables(), State::off());
    let opened = Store::open(Box::new(backend.clone()), &secret, &KdfLimits::default(), &state);
    let mut store = opened.unwrap();
    assert_eq!(store.read(|r| Ok(r.census().audit_rows)).unwrap(), 2);
    assert!(!store.writable());
    assert_eq!(change(&mut store).unwrap_err().kind(), Kind::NewerFormat);
    let quietly = store.write_quietly(NOW, &Actor::default(), &mut OsEntropy, note);
    assert_eq!(quietly.unwrap_err().kind(), Kind::NewerFormat);
    assert_eq!(backend.tables(), written);
}
