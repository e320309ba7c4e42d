//! What an operator accepts is that and nothing else.

use std::fs;

use hallpass::Kind;
use hallpass::backend::sqlite::OpenOptions;
use hallpass::barrier::{Acceptance, State};
use hallpass::model::audit::Action;
use hallpass::ops::audit::{Filter, all, choose};
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

/// Restores a backup over the store, on a machine with this state.
fn restore(lab: &AttackStore, backup: &std::path::Path, state: &State) -> hallpass::ops::Core {
    let present = Some(AttackStore::backend(&lab.path()));
    lab.restore(backup, present, state).unwrap().0
}

#[test]
fn two_machines_that_restore_the_same_backup_part_for_good() {
    let mut lab = AttackStore::new();
    let backup = lab.folder().join("b.db");
    let mut core = lab.open().unwrap();
    store::back_up(&mut core, &backup, &OpenOptions::default(), &mut |_| ()).unwrap();
    drop(core);
    let before = lab.bytes();
    let kept = lab.folder().join("kept");
    copy(&lab.folder().join("state"), &kept);
    drop(restore(&lab, &backup, &lab.state()));
    // The other one, at the same moment and as the same user: no log row differs.
    lab.put(&before);
    let other = State {
        folder: Some(kept),
        ..lab.state()
    };
    let mut core = restore(&lab, &backup, &other);
    lab.issue(&mut core, "sync", "theirs");
    drop(core);
    assert_eq!(kind(ask(&lab)), Kind::Fork);
}

#[test]
fn what_was_accepted_is_in_the_audit_log() {
    let mut lab = AttackStore::new();
    let old = lab.bytes();
    step(&mut lab, "lost");
    lab.put(&old);
    let mut core = lab.open().unwrap();
    store::accept(&mut core, Acceptance::Rollback).unwrap();
    let choice = choose(&mut core, &Filter::default()).unwrap();
    let mut accepted = Vec::new();
    all(&mut core, &choice, &mut |record| {
        if record.entry.known_action() == Some(Action::StoreAccept) {
            accepted.push(record.entry.details["accepted"].clone());
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(accepted, [Acceptance::Rollback.word()]);
}
