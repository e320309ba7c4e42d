//! Which files of this machine's state are written, and when.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use super::*;
use crate::barrier::anchor::Tombstone;
use crate::model::id::RecordId;

/// The state of this machine for the store at another path.
fn moved(held: &TestStore) -> State {
    State {
        path: Some("/elsewhere/store.db".into()),
        ..held.state()
    }
}

#[test]
fn a_store_is_known_where_it_was_read_or_changed() {
    let (held, _) = TestStore::published();
    assert!(held.state().knows_here(&STORE) && !held.state().knows_elsewhere(&STORE));
    for by in [look, |store: &mut Store| write_at(store, NOW, note)] {
        let (held, _) = TestStore::published();
        let state = moved(&held);
        assert!(state.knows_elsewhere(&STORE) && !state.knows_here(&STORE));
        by(&mut held.open(&state)).unwrap();
        assert!(state.knows_here(&STORE) && !state.knows_elsewhere(&STORE));
        assert!(held.state().knows_here(&STORE));
    }
}

#[test]
fn a_store_that_was_never_seen_is_known_nowhere() {
    let (held, _) = TestStore::published();
    for state in [held.elsewhere(), State::off()] {
        assert!(!state.knows_here(&STORE) && !state.knows_elsewhere(&STORE));
    }
    assert!(!held.state().knows_here(&[8; 16]));
    assert!(!held.state().knows_elsewhere(&[8; 16]));
}

#[test]
fn another_store_at_a_path_does_not_make_this_one_known_there() {
    let (held, _) = TestStore::published();
    let other = data_encoding::HEXLOWER.encode(&[8; 16]);
    for known in fs::read_dir(held.state_folder().join("known")).unwrap() {
        fs::write(known.unwrap().path(), format!("{other}\n")).unwrap();
    }
    assert!(!held.state().knows_here(&STORE) && held.state().knows_elsewhere(&STORE));
}

#[test]
fn an_anchor_is_written_in_place() {
    let (_held, mut store) = TestStore::published();
    let inode = |store: &Store| fs::metadata(anchor(store)).unwrap().ino();
    let before = inode(&store);
    let bytes = fs::read(anchor(&store)).unwrap();
    let end = |w: &mut Writer<'_>| {
        w.record_tombstone(Tombstone::deleted(RecordId::from_bytes([3; 16])));
        note(w)
    };
    change(&mut store);
    write_at(&mut store, NOW, end).unwrap();
    assert_eq!(inode(&store), before);
    assert_ne!(fs::read(anchor(&store)).unwrap(), bytes);
}

#[test]
fn the_epoch_that_was_seen_is_that_of_the_last_change() {
    let (held, mut store) = TestStore::published();
    let before = store.seen_epoch().unwrap().unwrap();
    change(&mut store);
    assert_eq!(store.seen_epoch().unwrap(), Some(before + 1));
    assert_eq!(held.open(&held.elsewhere()).seen_epoch().unwrap(), None);
}

#[test]
fn reading_a_copy_leaves_no_trace() {
    let (held, _) = TestStore::published();
    let state = held.elsewhere();
    let backend = Box::new(held.backend.clone());
    let mut copy =
        Store::open_copy(backend, &held.secret(), &KdfLimits::default(), &state).unwrap();
    look(&mut copy).unwrap();
    assert!(!state.folder.unwrap().exists());
    assert_eq!(copy.take_notices(), []);
}

#[test]
fn the_time_of_the_anchor_is_that_of_its_file() {
    let (held, mut store) = TestStore::published();
    let path = store.anchor_path().unwrap().to_owned();
    let then = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_600_000_000);
    fs::File::open(&path).unwrap().set_modified(then).unwrap();
    assert_eq!(
        store.anchor_written_at(),
        Some(Time::from_seconds(1_600_000_000))
    );
    change(&mut store);
    assert!(store.anchor_written_at() > Some(Time::from_seconds(1_600_000_000)));
    fs::remove_file(&path).unwrap();
    assert_eq!(store.anchor_written_at(), None);
    assert_eq!(held.open(&State::off()).anchor_written_at(), None);
}
