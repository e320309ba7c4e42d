//! Machines that follow what another one has accepted, and those that do not.

use super::*;
use crate::backend::memory::Tables;
use crate::barrier::{Acceptance, Adoption, Notice};
use crate::error::{Error, History};
use crate::kind::Kind;

/// What the machine of this name remembers.
fn machine(held: &TestStore, name: &str) -> State {
    State {
        folder: Some(held.folder.path().join(name)),
        path: None,
        require: false,
    }
}

fn accept(store: &mut Store, what: Acceptance) {
    let actor = Actor::default();
    let accepted = store.accept(what, NOW, &actor, &mut OsEntropy, |_, _| Ok(()));
    accepted.unwrap();
}

/// Adopts what was accepted elsewhere; what there was to know of it.
fn adopt(store: &mut Store) -> Result<Option<Adoption>> {
    let mut adopted = None;
    let apply = |_: &mut Writer<'_>, adoption| {
        adopted = Some(adoption);
        Ok(())
    };
    store.adopt(NOW, &Actor::default(), &mut OsEntropy, apply)?;
    Ok(adopted)
}

fn refused(store: &mut Store) -> String {
    let error = look(store).unwrap_err();
    assert_eq!(error.kind(), Kind::Fork);
    assert!(
        matches!(error, Error::History(History::Fork(_))),
        "{error} is not to be followed"
    );
    assert_eq!(adopt(store).unwrap_err().kind(), Kind::Fork);
    error.to_string()
}

fn follows(store: &mut Store) -> Adoption {
    let error = look(store).unwrap_err();
    let Error::History(History::AcceptedElsewhere { found, entry }) = error else {
        panic!("{error}");
    };
    assert_eq!(adopt(store).unwrap(), Some(Adoption { found, entry }));
    look(store).unwrap();
    Adoption { found, entry }
}

/// A store at epoch 10 that all of these machines have seen, and its tables at epoch 5.
fn ten(machines: &[&str]) -> (TestStore, Tables) {
    let (held, mut store) = TestStore::published();
    for _ in 2..=5 {
        change(&mut store);
    }
    let old = held.backend.tables();
    for _ in 6..=10 {
        change(&mut store);
    }
    for name in machines {
        look(&mut held.open(&machine(&held, name))).unwrap();
    }
    (held, old)
}

#[test]
fn an_accepted_rollback_is_followed_by_whoever_has_seen_no_more() {
    let (held, old) = ten(&["a", "b", "c"]);
    held.backend.restore(old);
    let [mut a, mut b, mut c] = ["a", "b", "c"].map(|name| held.open(&machine(&held, name)));
    for store in [&mut a, &mut b, &mut c] {
        assert_eq!(look(store).unwrap_err().kind(), Kind::Rollback);
    }
    accept(&mut a, Acceptance::Rollback);
    let accepted = held.backend.tables();
    change(&mut a);
    assert_eq!(follows(&mut b), Adoption { found: 5, entry: 6 });
    assert_eq!(b.take_notices(), [Notice::Adopted(5)]);
    assert_eq!(b.seen_epoch().unwrap(), Some(12));
    look(&mut held.open(&machine(&held, "b"))).unwrap();
    assert_eq!(adopt(&mut b).unwrap(), None, "it is its own by now");
    assert_eq!(b.take_notices(), []);
    // What was adopted is remembered like anything else.
    held.backend.restore(accepted);
    assert_eq!(look(&mut b).unwrap_err().kind(), Kind::Rollback);
    assert_eq!(follows(&mut c).found, 5);
}

#[test]
fn who_has_seen_more_than_whoever_accepted_is_not_led_back() {
    let (held, old) = ten(&["a"]);
    let mut store = held.open(&machine(&held, "a"));
    look(&mut store).unwrap();
    let mut b = held.open(&machine(&held, "b"));
    change(&mut b);
    held.backend.restore(old);
    accept(&mut store, Acceptance::Rollback);
    assert!(
        refused(&mut b).contains("had seen less"),
        "10 is less than 11"
    );
    // A person accepts there, and then the others follow that.
    accept(&mut b, Acceptance::Fork);
    change(&mut b);
    assert_eq!(
        follows(&mut store).found,
        11,
        "nothing that it has seen is lost"
    );
    look(&mut b).unwrap();
}

#[test]
fn an_equal_epoch_suffices_and_one_below_does_not() {
    for (anchored, is_followed) in [(9, false), (10, true), (11, true)] {
        let (held, old) = ten(&["b"]);
        let ten = held.backend.tables();
        let mut a = held.open(&machine(&held, "a"));
        // As a machine that stood still at epoch 5 and came as far as this.
        held.backend.restore(old.clone());
        for _ in 5..anchored {
            change(&mut a);
        }
        assert_ne!(held.backend.tables(), ten);
        held.backend.restore(old);
        accept(&mut a, Acceptance::Rollback);
        let mut b = held.open(&machine(&held, "b"));
        if is_followed {
            follows(&mut b);
        } else {
            refused(&mut b);
        }
    }
}

#[test]
fn several_acceptances_are_followed_at_once() {
    let (held, old) = ten(&["a", "b"]);
    held.backend.restore(old);
    let mut a = held.open(&machine(&held, "a"));
    accept(&mut a, Acceptance::Rollback);
    let second = held.backend.tables();
    change(&mut a);
    held.backend.restore(second);
    accept(&mut a, Acceptance::Rollback);
    change(&mut a);
    let mut b = held.open(&machine(&held, "b"));
    assert_eq!(follows(&mut b).found, 5, "the first is what counts");
}

#[test]
fn an_acceptance_that_is_not_in_its_place_in_the_log_leads_nowhere() {
    type Attack = fn(&mut Tables, &Tables);
    let attacks: [(&str, Attack); 6] = [
        ("dropped", |it, _| drop(it.log.remove(&6))),
        ("swapped", |it, _| {
            let (own, next) = (it.log[&6].clone(), it.log[&7].clone());
            it.log.insert(6, next);
            it.log.insert(7, own);
        }),
        ("of another branch", |it, other| {
            it.log.insert(6, other.log[&6].clone());
        }),
        ("with all that is before it dropped", |it, _| {
            it.log.retain(|seq, _| *seq >= 6);
        }),
        ("after what was dropped", |it, _| drop(it.log.remove(&2))),
        ("before what was dropped", |it, _| drop(it.log.remove(&7))),
    ];
    let names = attacks.map(|(name, _)| name);
    let (held, old) = ten(&[&["a", "other"][..], &names].concat());
    let mut branches = ["other", "a"].map(|name| {
        held.backend.restore(old.clone());
        let mut store = held.open(&machine(&held, name));
        accept(&mut store, Acceptance::Rollback);
        change(&mut store);
        held.backend.tables()
    });
    let [other, accepted] = &mut branches;
    for (name, attack) in attacks {
        let mut tables = accepted.clone();
        attack(&mut tables, other);
        held.backend.restore(tables);
        refused(&mut held.open(&machine(&held, name)));
        held.backend.restore(accepted.clone());
        follows(&mut held.open(&machine(&held, name)));
    }
    held.backend.restore(other.clone());
    let why = refused(&mut held.open(&machine(&held, "a")));
    assert!(why.contains("elsewhere"), "its own branch is the other one");
}

/// Removes the log up to an entry, as a program that prunes it will.
fn prune(store: &mut Store, last: u64) {
    let pruned = write_at(store, NOW, |w| {
        let mut head = [0; 32];
        w.log_whole(&mut |at, _| {
            if at.seq == last {
                head = at.head;
            }
            Ok(())
        })?;
        w.tx.log_prune(last)?;
        (w.root.log_first, w.root.log_first_head) = (last + 1, head);
        note(w)
    });
    pruned.unwrap();
}

#[test]
fn an_acceptance_that_was_pruned_is_not_followed_and_one_that_was_kept_is() {
    for (last, is_followed) in [(5, true), (6, false)] {
        let (held, old) = ten(&["a", "b"]);
        held.backend.restore(old);
        let mut a = held.open(&machine(&held, "a"));
        accept(&mut a, Acceptance::Rollback);
        change(&mut a);
        prune(&mut a, last);
        let mut b = held.open(&machine(&held, "b"));
        if is_followed {
            follows(&mut b);
        } else {
            refused(&mut b);
        }
    }
}

/// Restores the newest state, or an older one, as a store of its own.
fn restore(held: &TestStore, state: &State) {
    let backend = Box::new(held.backend.clone());
    let limits = KdfLimits::default();
    let mut draft = Store::open_copy(backend, &held.secret(), &limits, state).unwrap();
    let object = || Object {
        kind: "store".into(),
        id: String::new(),
        name: None,
    };
    let say = |w: &mut Writer<'_>, details| w.audit(Action::StoreRestore, object(), details);
    let actor = Actor::default();
    let restored = draft.restored((0, NOW), NOW, &actor, &mut OsEntropy, say);
    restored.unwrap();
    draft.publish().unwrap();
}

#[test]
fn a_restore_is_followed_where_no_more_was_seen() {
    let (held, old) = ten(&["a", "b"]);
    held.backend.restore(old);
    restore(&held, &machine(&held, "a"));
    look(&mut held.open(&machine(&held, "a"))).unwrap();
    let mut b = held.open(&machine(&held, "b"));
    assert_eq!(follows(&mut b), Adoption { found: 5, entry: 6 });
}

#[test]
fn a_restore_that_was_a_rehearsal_is_no_successor_of_the_store() {
    for is_newest in [false, true] {
        let (held, old) = ten(&["b"]);
        if !is_newest {
            held.backend.restore(old);
        }
        // On a machine, or with a state folder, that knows nothing of the store.
        restore(&held, &machine(&held, "rehearsal"));
        change(&mut held.open(&machine(&held, "rehearsal")));
        refused(&mut held.open(&machine(&held, "b")));
    }
}

#[test]
fn what_fails_while_it_is_applied_is_not_adopted() {
    let (held, old) = ten(&["a", "b"]);
    held.backend.restore(old);
    accept(&mut held.open(&machine(&held, "a")), Acceptance::Rollback);
    let before = held.backend.tables();
    let mut b = held.open(&machine(&held, "b"));
    let anchor_before = std::fs::read(anchor(&b)).unwrap();
    let fails = |_: &mut Writer<'_>, _| Err(Error::Stopped);
    let actor = Actor::default();
    let failed = b.adopt(NOW, &actor, &mut OsEntropy, fails);
    assert!(matches!(failed, Err(Error::Stopped)));
    assert_eq!(b.take_notices(), []);
    assert_eq!(held.backend.tables(), before);
    assert_eq!(std::fs::read(anchor(&b)).unwrap(), anchor_before);
    // What it has to end is committed before anything is answered.
    let epoch = |store: &mut Store| store.read(|r| Ok(r.epoch())).unwrap();
    let ends = |w: &mut Writer<'_>, _| note(w);
    b.adopt(NOW, &actor, &mut OsEntropy, ends).unwrap();
    assert_eq!(epoch(&mut b), 12);
    assert_eq!(b.seen_epoch().unwrap(), Some(12));
}

#[test]
fn an_operator_may_accept_what_could_be_followed() {
    let (held, old) = ten(&["a", "b"]);
    held.backend.restore(old);
    accept(&mut held.open(&machine(&held, "a")), Acceptance::Rollback);
    let mut b = held.open(&machine(&held, "b"));
    accept(&mut b, Acceptance::Fork);
    look(&mut b).unwrap();
    assert_eq!(follows(&mut held.open(&machine(&held, "a"))).found, 11);
}
