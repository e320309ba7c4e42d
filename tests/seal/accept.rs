//! What an operator accepts is that and nothing else.

use std::fs;

use hallpass::Kind;
use hallpass::barrier::{Acceptance, State};
use hallpass::ops::store;

use super::anchor::{anchor_file, ask, copy, kind, step};
use super::attack_store::AttackStore;

#[test]
fn an_accepted_rollback_is_no_accepted_fork() {
    let mut lab = AttackStore::new();
    let common = lab.bytes();
    step(&mut lab, "ours");
    let seen = fs::read(anchor_file(&lab)).unwrap();
    lab.put(&common);
    let mut elsewhere = lab.open_with(&State::off()).unwrap();
    for n in 0..3 {
        lab.issue(&mut elsewhere, "sync", &format!("theirs{n}"));
    }
    elsewhere.store.checkpoint().unwrap();
    drop(elsewhere);
    lab.sweep();
    let forked = lab.bytes();
    assert_eq!(kind(ask(&lab)), Kind::Fork);
    let mut core = lab.open().unwrap();
    let refused = store::accept(&mut core, Acceptance::Rollback).map(|_| String::new());
    assert_eq!(kind(refused), Kind::Fork);
    drop(core);
    lab.sweep();
    assert_eq!(lab.bytes(), forked, "nothing was written");
    assert_eq!(
        fs::read(anchor_file(&lab)).unwrap(),
        seen,
        "and nothing else is expected"
    );
    let mut core = lab.open().unwrap();
    store::accept(&mut core, Acceptance::Fork).unwrap();
}

#[test]
fn two_machines_that_accept_the_same_file_part_for_good() {
    let mut lab = AttackStore::new();
    let old = lab.bytes();
    step(&mut lab, "lost");
    let state = lab.folder().join("state");
    let kept = lab.folder().join("kept");
    copy(&state, &kept);
    lab.put(&old);
    store::accept(&mut lab.open().unwrap(), Acceptance::Rollback).unwrap();
    // The other one, at the same moment and as the same user: no log row differs.
    lab.put(&old);
    let other = State {
        folder: Some(kept),
        ..lab.state()
    };
    let mut core = lab.open_with(&other).unwrap();
    store::accept(&mut core, Acceptance::Rollback).unwrap();
    lab.issue(&mut core, "sync", "theirs");
    drop(core);
    assert_eq!(kind(ask(&lab)), Kind::Fork);
}
