//! What an operator is told, once.

use super::*;
use crate::barrier::anchor::Notice;
use crate::kind::Kind;

#[test]
fn a_store_that_is_new_to_this_machine_is_said_to_be_that_once() {
    let (held, mut store) = TestStore::published();
    assert_eq!(store.take_notices(), [], "it was made here");
    look(&mut store).unwrap();
    assert_eq!(store.take_notices(), []);
    let mut store = held.open(&held.elsewhere());
    look(&mut store).unwrap();
    change(&mut store);
    assert_eq!(store.take_notices(), [Notice::FirstUse]);
    let mut store = held.open(&held.elsewhere());
    look(&mut store).unwrap();
    assert_eq!(store.take_notices(), []);
}

#[test]
fn without_an_anchor_nothing_is_new() {
    let (held, _) = TestStore::published();
    let mut store = held.open(&State::off());
    look(&mut store).unwrap();
    change(&mut store);
    assert_eq!(store.take_notices(), []);
    assert_eq!(store.anchor_path(), None);
    assert_eq!(store.seen_epoch().unwrap(), None);
}

#[test]
fn an_anchor_that_is_required_is_made_with_the_store_and_missed_later() {
    let held = TestStore::new();
    let required = State {
        require: true,
        ..held.state()
    };
    let mut store = held.draft(&required).publish().unwrap();
    assert_eq!(store.take_notices(), []);
    assert!(anchor(&store).exists());
    change(&mut store);
    look(&mut held.open(&required)).unwrap();
    let unseen = State {
        require: true,
        ..held.elsewhere()
    };
    let error = look(&mut held.open(&unseen)).unwrap_err();
    assert_eq!(error.kind(), Kind::Rollback);
}

#[test]
fn a_clock_that_is_behind_is_said_once_and_by_how_much() {
    let behind = |seconds: i64| {
        let (held, _) = TestStore::published();
        let mut store = held.open(&held.state());
        let now = Time::from_seconds(NOW.seconds() - seconds);
        for _ in 0..2 {
            write_at(&mut store, now, note).unwrap();
        }
        store.take_notices()
    };
    assert_eq!(behind(0), []);
    assert_eq!(behind(5 * 60), []);
    assert_eq!(behind(5 * 60 + 1), [Notice::ClockBehind(301)]);
}

#[test]
fn a_read_that_cannot_be_remembered_succeeds_and_is_said() {
    let (held, _) = TestStore::published();
    // Where nobody can make a file, root included.
    let state = State {
        folder: Some("/proc/hallpass".into()),
        ..held.state()
    };
    let mut store = held.open(&state);
    look(&mut store).unwrap();
    let notices = store.take_notices();
    assert!(
        matches!(&*notices, [Notice::FirstUse, Notice::AnchorNotUpdated(_)]),
        "{notices:?}"
    );
}

#[test]
fn what_was_committed_is_known_but_for_what_is_written_quietly() {
    let (held, _) = TestStore::published();
    let mut store = held.open(&held.state());
    look(&mut store).unwrap();
    store
        .write_quietly(NOW, &Actor::default(), &mut OsEntropy, note)
        .unwrap();
    assert!(!store.has_committed());
    write_at(&mut store, NOW, |_| Ok(())).unwrap();
    assert!(!store.has_committed(), "nothing was changed");
    change(&mut store);
    assert!(store.has_committed());
}

#[test]
fn a_read_that_sees_nothing_new_leaves_the_anchor_alone() {
    let (held, mut store) = TestStore::published();
    let file = std::fs::File::open(anchor(&store)).unwrap();
    assert!(crate::files::lock::lock_now(&file).unwrap(), "the premise");
    look(&mut store).unwrap();
    look(&mut held.open(&held.state())).unwrap();
    assert_eq!(store.take_notices(), []);
}
