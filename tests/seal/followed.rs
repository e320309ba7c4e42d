//! A file that another machine has accepted is followed only where no more was seen.

use hallpass::Kind;
use hallpass::barrier::{Acceptance, Notice, State};
use hallpass::ops::{Core, store};

use super::anchor::{kind, step};
use super::attack_store::AttackStore;

/// A machine that follows, with a folder of its own.
fn on(lab: &AttackStore, name: &str) -> Core {
    let state = State {
        folder: Some(lab.folder().join(name)),
        ..lab.state()
    };
    let mut core = lab.open_with(&state).unwrap();
    core.follow_accepted(store::adopt);
    core
}

fn see(lab: &AttackStore, name: &str) {
    on(lab, name).read(|_| Ok(())).unwrap();
    lab.sweep();
}

fn accepted_on(lab: &AttackStore, name: &str) -> Vec<u8> {
    let mut core = on(lab, name);
    store::accept(&mut core, Acceptance::Rollback).unwrap();
    core.store.checkpoint().unwrap();
    drop(core);
    lab.sweep();
    lab.bytes()
}

#[test]
fn a_rollback_that_was_accepted_by_who_knew_less_is_no_way_back_for_who_knows_more() {
    let mut lab = AttackStore::new();
    let old = lab.bytes();
    step(&mut lab, "one");
    see(&lab, "b");
    step(&mut lab, "two");
    see(&lab, "a");
    let newest = lab.bytes();
    // On machine `b`, an old copy is accepted for some reason; an attacker brings that file to `a`.
    lab.put(&old);
    let accepted = accepted_on(&lab, "b");
    lab.put(&accepted);
    let mut a = on(&lab, "a");
    assert_eq!(kind(lab.ask(&mut a)), Kind::Fork);
    assert_eq!(a.store.take_notices(), []);
    drop(a);
    lab.sweep();
    assert_eq!(lab.bytes(), accepted, "nothing was written");
    lab.put(&newest);
    lab.ask(&mut on(&lab, "a")).unwrap();
}

#[test]
fn a_rollback_that_was_accepted_by_who_knew_as_much_is_followed() {
    let mut lab = AttackStore::new();
    let old = lab.bytes();
    step(&mut lab, "one");
    see(&lab, "b");
    see(&lab, "a");
    let newest = lab.bytes();
    lab.put(&old);
    let accepted = accepted_on(&lab, "b");
    lab.put(&accepted);
    let mut a = on(&lab, "a");
    lab.ask(&mut a).unwrap();
    assert!(matches!(*a.store.take_notices(), [Notice::Adopted(_)]));
    drop(a);
    // From then on that is what it knows.
    lab.put(&newest);
    assert_eq!(kind(lab.ask(&mut on(&lab, "a"))), Kind::Fork);
}

#[test]
fn a_rehearsed_restore_that_is_put_in_the_place_of_the_store_is_refused() {
    let mut lab = AttackStore::new();
    step(&mut lab, "one");
    see(&lab, "a");
    let newest = lab.bytes();
    let backup = lab.folder().join("backup.db");
    std::fs::copy(lab.path(), &backup).unwrap();
    let rehearsal = State {
        folder: Some(lab.folder().join("rehearsal")),
        ..lab.state()
    };
    // Of the newest backup: nothing that the machine knows is lost, but it is another store.
    let (mut core, _) = lab.restore(&backup, None, &rehearsal).unwrap();
    lab.issue(&mut core, "sync", "rehearsed");
    core.store.checkpoint().unwrap();
    drop(core);
    lab.sweep();
    assert_eq!(kind(lab.ask(&mut on(&lab, "a"))), Kind::Fork);
    lab.put(&newest);
    lab.ask(&mut on(&lab, "a")).unwrap();
}
