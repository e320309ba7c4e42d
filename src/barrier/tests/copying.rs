//! A store that is copied and left, also when that is interrupted.

use super::*;
use crate::backend::Fault;
use crate::backend::memory::Tables;
use crate::barrier::{Acceptance, Begun, Copying, Notice, Source, Unique};
use crate::error::{Error, History};
use crate::kind::Kind;
use crate::model::id::RecordId;
use crate::model::profile::Address;

mod interrupted;

const RECORDS: u8 = 24;

fn id(n: u8) -> RecordId {
    // Spread over the parts of a table.
    RecordId::from_bytes([n.wrapping_mul(37); 16])
}

fn address(text: &str) -> Address {
    Address {
        address: text.to_owned(),
        profiles: 1,
        mailed: Vec::new(),
    }
}

/// A store with some records, which the machines `a` and `b` have seen.
fn filled() -> TestStore {
    let (held, mut store) = TestStore::published();
    write_at(&mut store, NOW, |w| {
        for n in 1..=RECORDS {
            let text = format!("{n}@example.org");
            w.add(id(n), &address(&text))?;
            w.index(Unique::Email(&text), id(n))?;
            note(w)?;
        }
        Ok(())
    })
    .unwrap();
    for name in ["a", "b"] {
        look(&mut held.open(&machine(&held, name))).unwrap();
    }
    held
}

fn machine(held: &TestStore, name: &str) -> State {
    State {
        folder: Some(held.folder.path().join(name)),
        path: None,
        require: false,
    }
}

/// Changes, adds and removes a record.
fn alter(held: &TestStore) {
    alter_by(&mut held.open(&State::off()));
}

fn alter_by(store: &mut Store) {
    write_at(store, NOW, |w| {
        w.put(id(1), &address("changed@example.org"))?;
        w.add(id(RECORDS + 1), &address("new@example.org"))?;
        w.index(Unique::Email("new@example.org"), id(RECORDS + 1))?;
        w.remove(id(2))?;
        w.unindex(Unique::Email("2@example.org"))?;
        note(w)
    })
    .unwrap();
}

/// Copies the store on machine `a`.
fn copy_as(held: &TestStore, target: &MemoryBackend, source: Source) -> Result<Begun> {
    copy_watched(held, target, source, &mut |_, _| ())
}

fn copy_watched(
    held: &TestStore,
    target: &MemoryBackend,
    source: Source,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Begun> {
    let state = machine(held, "a");
    let copying = Copying {
        from: "/the/source",
        to: "/the/target",
        source,
        state: &state,
        at: NOW,
        actor: &Actor::default(),
    };
    let source = Box::new(held.backend.clone());
    let mut store = Store::open(source, &held.secret(), &KdfLimits::default(), &state)?;
    let target = Box::new(target.clone());
    let (begun, _) = store.copy_into(target, &copying, &mut OsEntropy, progress)?;
    Ok(begun)
}

fn copy(held: &TestStore, target: &MemoryBackend) -> Result<Begun> {
    copy_as(held, target, Source::Moved)
}

fn open(held: &TestStore, backend: &MemoryBackend, state: &State) -> Store {
    let backend = Box::new(backend.clone());
    Store::open(backend, &held.secret(), &KdfLimits::default(), state).unwrap()
}

/// What a machine that follows comes to.
fn read_following(store: &mut Store) -> Result<()> {
    match look(store) {
        Err(Error::History(History::AcceptedElsewhere { .. })) => {
            let actor = Actor::default();
            store.adopt(NOW, &actor, &mut OsEntropy, |_, _| Ok(()))?;
            look(store)
        }
        read => read,
    }
}

/// The copy has what the source had, and has replaced it on every machine.
#[track_caller]
fn ensure_moved(held: &TestStore, source: &Tables, target: &MemoryBackend) {
    let there = target.tables();
    assert_eq!((&there.obj, &there.idx), (&source.obj, &source.idx));
    assert_eq!(there.hdr[&2], source.hdr[&2]);
    let log = source.log.len() as u64;
    assert_eq!(there.log.len() as u64, log + 1);
    assert!(source.log.iter().all(|(seq, row)| there.log[seq] == *row));
    let but_root = |tables: &Tables| {
        let mut man = tables.man.clone();
        man.remove(&0);
        man
    };
    assert_eq!(but_root(&there), but_root(source));
    for name in ["a", "b", "new"] {
        let state = machine(held, name);
        let mut copy = open(held, target, &state);
        read_following(&mut copy).unwrap();
        copy.read(|r| r.check(&mut |_, _| ())).unwrap();
        assert_eq!(copy.read(|r| r.moved_to()).unwrap(), None);
        change(&mut copy);
        let refused = look(&mut held.open(&state)).unwrap_err();
        assert_eq!(refused.kind(), Kind::Substituted);
        assert!(
            refused.to_string().ends_with("moved to /the/target"),
            "{refused}"
        );
        let written = write_at(&mut held.open(&state), NOW, note);
        assert_eq!(written.unwrap_err().kind(), Kind::Substituted);
    }
}

#[test]
fn a_copy_is_the_store_from_then_on() {
    let held = filled();
    let (before, target) = (held.backend.tables(), MemoryBackend::new());
    assert_eq!(copy(&held, &target).unwrap(), Begun::Anew);
    // This machine has seen the copy already.
    look(&mut open(&held, &target, &machine(&held, "a"))).unwrap();
    ensure_moved(&held, &before, &target);
    // What is left can still be looked at, and not changed.
    let mut left = held.open(&machine(&held, "a"));
    left.admit_moved();
    let place = left.read(|r| r.moved_to()).unwrap();
    assert_eq!(place.as_deref(), Some("/the/target"));
    left.read(|r| r.check(&mut |_, _| ())).unwrap();
    let written = write_at(&mut left, NOW, note);
    assert_eq!(written.unwrap_err().kind(), Kind::Substituted);
    look(&mut open(&held, &target, &machine(&held, "a"))).unwrap();
}

fn killed() -> Fault {
    Fault::Storage("killed".into())
}

#[test]
fn what_changes_meanwhile_is_copied_too() {
    // While rows are written: it is as if another writer had been first.
    for batch in [1, 5, 9] {
        let (held, target) = (filled(), MemoryBackend::new());
        let mut other = held.open(&State::off());
        target.faults().fail_method("commit", batch, move || {
            alter_by(&mut other);
            Fault::Conflict
        });
        copy(&held, &target).unwrap();
        let mut before = held.backend.tables();
        before.log.pop_last();
        ensure_moved(&held, &before, &target);
    }
}

#[test]
fn what_changes_while_the_copy_is_checked_is_copied_too() {
    let (held, target) = (filled(), MemoryBackend::new());
    let mut altered = false;
    let mut progress = |done, total| {
        if !altered && done > total / 3 * 2 {
            alter(&held);
            altered = true;
        }
    };
    copy_watched(&held, &target, Source::Moved, &mut progress).unwrap();
    assert!(altered);
    let mut before = held.backend.tables();
    before.log.pop_last();
    ensure_moved(&held, &before, &target);
}

#[test]
fn a_source_that_was_changed_after_its_copy_was_finished_is_not_left() {
    for logs in [true, false] {
        let (held, target) = (filled(), MemoryBackend::new());
        held.backend.faults().fail_method("commit", 1, killed);
        copy(&held, &target).unwrap_err();
        assert!(target.tables().man.contains_key(&0));
        let mut store = held.open(&State::off());
        if logs {
            change(&mut store);
            let refused = copy(&held, &target).unwrap_err();
            assert_eq!(refused.kind(), Kind::Refused, "{refused}");
            look(&mut held.open(&machine(&held, "a"))).unwrap();
        } else {
            // Uses and attempts have no entry, and do not count.
            write_at(&mut store, NOW, |w| w.put(id(1), &address("1@example.org"))).unwrap();
            look(&mut held.open(&machine(&held, "b"))).unwrap();
            assert_eq!(copy(&held, &target).unwrap(), Begun::Finished);
            look(&mut open(&held, &target, &machine(&held, "a"))).unwrap();
            read_following(&mut open(&held, &target, &machine(&held, "b"))).unwrap();
        }
    }
}

#[test]
fn a_target_that_is_not_empty_is_left_alone() {
    let (held, other) = (filled(), filled());
    // A store, of this id or another, which has a history of its own.
    let backup = MemoryBackend::with(held.backend.tables());
    for there in [&backup, &other.backend] {
        let tables = there.tables();
        let refused = copy(&held, there).unwrap_err();
        assert_eq!(refused.kind(), Kind::Exists, "{refused}");
        assert_eq!(there.tables(), tables);
    }
    // An unfinished copy of another store, whose keys are others.
    for keeps_log in [true, false] {
        let foreign = MemoryBackend::with(other.backend.tables());
        foreign.tamper(|tables| {
            tables.hdr.clear();
            tables.man.clear();
            if !keeps_log {
                tables.log.clear();
            }
        });
        let tables = foreign.tables();
        let refused = copy(&held, &foreign).unwrap_err();
        assert_eq!(refused.kind(), Kind::Substituted, "{refused}");
        assert_eq!(foreign.tables(), tables);
    }
    look(&mut held.open(&machine(&held, "a"))).unwrap();
}

/// An unfinished copy of [`filled`], into which somebody writes.
fn tampered(attack: impl FnOnce(&mut Tables)) -> (TestStore, MemoryBackend) {
    let (held, target) = (filled(), MemoryBackend::new());
    target.faults().fail_method("commit", 9, killed);
    copy(&held, &target).unwrap_err();
    target.tamper(attack);
    (held, target)
}

#[test]
fn rows_of_an_unfinished_copy_are_those_of_the_source_in_the_end() {
    type Attack = fn(&mut Tables);
    let attacks: [Attack; 4] = [
        |it| drop(it.obj.pop_first()),
        |it| {
            let last = it.obj.last_entry().map(|it| it.get().clone()).unwrap();
            it.obj.first_entry().unwrap().insert(last);
        },
        |it| {
            let row = it.obj.first_entry().unwrap().get().clone();
            it.obj.insert([255; 16], row);
        },
        |it| {
            it.idx.insert([254; 16], [1; 16]);
        },
    ];
    for attack in attacks {
        let (held, target) = tampered(attack);
        let before = held.backend.tables();
        copy(&held, &target).unwrap();
        ensure_moved(&held, &before, &target);
    }
}

#[test]
fn a_log_that_was_tampered_with_finishes_no_copy() {
    type Attack = fn(&mut Tables);
    let attacks: [Attack; 4] = [
        |it| drop(it.log.remove(&3)),
        |it| {
            let row = it.log[&4].clone();
            it.log.insert(3, row);
        },
        |it| {
            let row = it.log[&4].clone();
            it.log.insert(400, row);
        },
        |it| drop(it.log.remove(&1)),
    ];
    for attack in attacks {
        let (held, target) = tampered(attack);
        let error = copy(&held, &target).unwrap_err();
        assert_eq!(error.kind(), Kind::Integrity, "{error}");
        assert!(error.to_string().contains("copy again"), "{error}");
        assert!(!target.tables().man.contains_key(&0));
        look(&mut held.open(&machine(&held, "a"))).unwrap();
    }
}

#[test]
fn two_stores_that_share_their_tokens_are_not_taken_for_each_other() {
    let (held, target) = (filled(), MemoryBackend::new());
    let before = held.backend.tables();
    assert_eq!(copy_as(&held, &target, Source::Kept).unwrap(), Begun::Anew);
    assert_eq!(held.backend.tables(), before, "nothing is left");
    for name in ["a", "b"] {
        look(&mut held.open(&machine(&held, name))).unwrap();
        let error = look(&mut open(&held, &target, &machine(&held, name))).unwrap_err();
        assert!(matches!(error, Error::History(History::Fork(_))), "{error}");
    }
    let mut new = open(&held, &target, &machine(&held, "new"));
    look(&mut new).unwrap();
    assert_eq!(new.take_notices(), [Notice::FirstUse]);
    new.read(|r| r.check(&mut |_, _| ())).unwrap();
    let again = copy_as(&held, &target, Source::Kept).unwrap_err();
    assert_eq!(again.kind(), Kind::Exists);
}

#[test]
fn a_store_that_was_left_can_be_used_again_instead_of_its_copy() {
    let (held, target) = (filled(), MemoryBackend::new());
    copy(&held, &target).unwrap();
    change(&mut open(&held, &target, &machine(&held, "a")));
    let mut left = held.open(&machine(&held, "a"));
    let actor = Actor::default();
    for what in [Acceptance::Fork, Acceptance::Rollback, Acceptance::Clock] {
        let refused = left.accept(what, NOW, &actor, &mut OsEntropy, |_, _| Ok(()));
        assert_eq!(refused.unwrap_err().kind(), Kind::Substituted);
    }
    let accept = |store: &mut Store| {
        store.accept(
            Acceptance::Moved,
            NOW,
            &actor,
            &mut OsEntropy,
            |_, _| Ok(()),
        )
    };
    accept(&mut left).unwrap();
    change(&mut left);
    left.read(|r| r.check(&mut |_, _| ())).unwrap();
    let mut copied = open(&held, &target, &machine(&held, "a"));
    assert_eq!(look(&mut copied).unwrap_err().kind(), Kind::Fork);
    assert_eq!(accept(&mut left).unwrap_err().kind(), Kind::Refused, "once");
    // Who has seen no more of the copy follows.
    read_following(&mut held.open(&machine(&held, "b"))).unwrap();
    // And it can be copied again.
    let another = MemoryBackend::new();
    assert_eq!(copy(&held, &another).unwrap(), Begun::Anew);
}

#[test]
fn a_machine_that_saw_the_source_after_it_was_copied_does_not_follow() {
    let (held, target) = (filled(), MemoryBackend::new());
    held.backend.faults().fail_method("commit", 1, killed);
    copy(&held, &target).unwrap_err();
    // The copy is finished, and somebody goes on with the source.
    change(&mut held.open(&machine(&held, "b")));
    let mut copied = open(&held, &target, &machine(&held, "b"));
    let error = look(&mut copied).unwrap_err();
    assert!(matches!(error, Error::History(History::Fork(_))), "{error}");
}
