//! What is read, accepted and restored as a whole.

use super::*;
use crate::barrier::{Acceptance, SlotSecret, peek};
use crate::kind::Kind;

#[test]
fn a_refused_store_can_be_read_once_and_stays_refused() {
    let (held, mut store) = TestStore::published();
    let before = held.backend.tables();
    change(&mut store);
    held.backend.restore(before);
    let mut store = held.open(&held.state());
    assert_eq!(look(&mut store).unwrap_err().kind(), Kind::Rollback);
    let epoch = store.read_refused(Acceptance::Rollback, |r| Ok(r.epoch()));
    assert_eq!(epoch.unwrap(), 1);
    assert_eq!(look(&mut store).unwrap_err().kind(), Kind::Rollback);
    let fork = store.read_refused(Acceptance::Fork, |_| Ok(()));
    assert_eq!(fork.unwrap_err().kind(), Kind::Rollback);
}

#[test]
fn a_restored_store_is_later_than_all_that_was_ever_seen() {
    let (held, mut store) = TestStore::published();
    change(&mut store);
    let seen = store.seen_epoch().unwrap().unwrap();
    for (epoch, latest) in [(0, NOW), (1000, Time::from_seconds(NOW.seconds() + 9))] {
        let backend = Box::new(held.backend.clone());
        let limits = KdfLimits::default();
        let mut draft = Store::open_copy(backend, &held.secret(), &limits, &held.state()).unwrap();
        let actor = Actor::default();
        let restored = draft.restored((epoch, latest), NOW, &actor, &mut OsEntropy, |w, _| note(w));
        restored.unwrap();
        let found = draft.read(|r| Ok((r.epoch(), r.wall_max()))).unwrap();
        assert_eq!(found, (epoch.max(seen) + 1, latest));
    }
}

#[test]
fn the_id_of_a_store_is_read_without_a_key() {
    let (mut held, _) = TestStore::published();
    assert_eq!(peek(&mut held.backend), Some(STORE));
    held.backend.tamper(|tables| tables.hdr.remove(&1));
    assert_eq!(peek(&mut held.backend), None);
}

/// Two changes of one state that leave no entry in the log.
#[test]
fn two_states_of_one_epoch_are_a_fork_even_if_their_logs_are_the_same() {
    let (held, mut store) = TestStore::published();
    let common = held.backend.tables();
    let quietly = |store: &mut Store| {
        let reset = |w: &mut Writer<'_>| {
            w.reset_wall();
            Ok(())
        };
        store.write_quietly(NOW, &Actor::default(), &mut OsEntropy, reset)
    };
    quietly(&mut store).unwrap();
    held.backend.restore(common);
    quietly(&mut held.open(&State::off())).unwrap();
    let error = look(&mut held.open(&held.state())).unwrap_err();
    assert_eq!(error.kind(), Kind::Fork);
}

#[test]
fn a_store_with_rows_that_no_store_has_is_not_opened() {
    type Change = fn(&mut crate::backend::memory::Tables);
    let changes: [Change; 3] = [
        |tables| drop(tables.hdr.insert(3, vec![0])),
        |tables| drop(tables.man.insert(513, tables.man[&0].clone())),
        |tables| drop(tables.man.remove(&0)),
    ];
    for change in changes {
        let (held, _) = TestStore::published();
        held.backend.tamper(change);
        let backend = Box::new(held.backend.clone());
        let opened = Store::open(
            backend,
            &held.secret(),
            &KdfLimits::default(),
            &State::off(),
        );
        assert_eq!(opened.err().unwrap().kind(), Kind::Corrupt);
    }
}

#[test]
fn what_a_slot_takes_is_derived_from_an_untouched_header() {
    let (held, _) = TestStore::published();
    let mut backend = held.backend.clone();
    let mut of = || SlotSecret::of(&mut backend, &held.secret(), &KdfLimits::default());
    of().unwrap();
    let generation = 40;
    held.backend
        .tamper(|tables| tables.hdr.get_mut(&1).unwrap()[generation] ^= 1);
    assert_eq!(of().err().unwrap().kind(), Kind::Integrity);
}
