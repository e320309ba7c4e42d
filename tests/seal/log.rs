//! T34: no entry of the audit log can be dropped, swapped, edited or cut off the end.

use hallpass::Kind;
use hallpass::backend::memory::{MemoryBackend, Tables};
use hallpass::barrier::State;
use hallpass::ops::audit;

use super::attack_store::AttackStore;
use crate::support::forge::{self, Kept, Node, Payload};
use crate::support::trees::{self, History};

fn check(lab: &AttackStore, tables: Tables) -> Result<(), hallpass::Error> {
    let mut core = lab.open_tables(tables)?;
    core.read(|r| r.check(&mut |_, _| ())).map(drop)
}

#[track_caller]
fn found(lab: &AttackStore, tables: &Tables, what: &str, change: impl FnOnce(&mut Tables)) {
    let mut changed = tables.clone();
    change(&mut changed);
    assert_ne!(&changed, tables, "the premise: {what} changes something");
    let error = check(lab, changed.clone()).expect_err(what);
    assert_eq!(error.kind(), Kind::Integrity, "{what}: {error}");
    for (question, answer) in asked(lab, &changed) {
        let error = answer.expect_err(&format!("{what}, by {question}"));
        assert_eq!(
            error.kind(),
            Kind::Integrity,
            "{what}, by {question}: {error}"
        );
    }
}

/// What reads the log, apart from the full check, and whether it goes well. Of the newest entries
/// all are asked for but the first, so that it does not follow the chain.
fn asked(lab: &AttackStore, tables: &Tables) -> [(&'static str, Result<(), hallpass::Error>); 3] {
    let choice = audit::Choice::default();
    let mut core = lab.open_tables(tables.clone()).unwrap();
    [
        (
            "verify",
            audit::verify(&mut core, &[], &mut |_, _| ()).map(drop),
        ),
        (
            "export",
            audit::export(&mut core, &mut |_, _| (), &mut |_| Ok(())).map(drop),
        ),
        (
            "list",
            audit::all(&mut core, &choice, &mut |_| Ok(())).map(drop),
        ),
    ]
}

/// The newest entries without the oldest: no chain is followed.
fn newest(lab: &AttackStore, tables: &Tables, count: u64) -> Result<u64, hallpass::Error> {
    let mut core = lab.open_tables(tables.clone())?;
    let mut shown = 0;
    audit::last(&mut core, &audit::Choice::default(), count, &mut |_| {
        shown += 1;
        Ok(())
    })?;
    Ok(shown)
}

#[test]
fn the_newest_entries_are_whole_without_the_chain() {
    let (lab, tables) = AttackStore::in_memory();
    let last = *tables.log.keys().next_back().unwrap();
    assert_eq!(newest(&lab, &tables, last - 1).unwrap(), last - 1);
    for seq in 2..=last {
        let changes: [&dyn Fn(&mut Tables); 5] = [
            &|t| drop(t.log.insert(last + 1, t.log[&seq].clone())),
            &|t| drop(t.log.remove(&seq)),
            &|t| drop(t.log.split_off(&seq)),
            &|t| *t.log.get_mut(&seq).unwrap().sealed.last_mut().unwrap() ^= 1,
            &|t| {
                let (a, b) = (t.log[&seq].clone(), t.log[&(seq - 1)].clone());
                t.log.insert(seq, b);
                t.log.insert(seq - 1, a);
            },
        ];
        for (n, change) in changes.iter().enumerate() {
            let mut changed = tables.clone();
            change(&mut changed);
            let error = newest(&lab, &changed, last - 1).expect_err("a change");
            assert_eq!(
                error.kind(),
                Kind::Integrity,
                "change {n} of {seq}: {error}"
            );
        }
    }
}

#[test]
fn every_change_of_the_log_is_found() {
    let (lab, tables) = AttackStore::in_memory();
    check(&lab, tables.clone()).unwrap();
    let last = *tables.log.keys().next_back().unwrap();
    assert!(last >= 10, "the premise: there are entries");
    for seq in 1..=last {
        found(&lab, &tables, "an entry dropped", |t| {
            t.log.remove(&seq);
        });
        found(&lab, &tables, "the end cut off", |t| {
            t.log.split_off(&seq);
        });
        found(&lab, &tables, "an entry edited", |t| {
            *t.log.get_mut(&seq).unwrap().sealed.last_mut().unwrap() ^= 1;
        });
        if seq < last {
            found(&lab, &tables, "two entries swapped", |t| {
                let (a, b) = (t.log[&seq].clone(), t.log[&(seq + 1)].clone());
                t.log.insert(seq, b);
                t.log.insert(seq + 1, a);
            });
        }
    }
    found(&lab, &tables, "the last entry doubled", |t| {
        let row = t.log[&last].clone();
        t.log.insert(last + 1, row);
    });
}

#[test]
fn opening_does_not_read_the_log() {
    let (lab, mut tables) = AttackStore::in_memory();
    tables.log.clear();
    let mut core = lab.open_tables(tables).unwrap();
    lab.ask(&mut core).unwrap();
}

/// An entry that was sealed in the same place, in another history: only the chain tells them apart.
#[test]
fn an_entry_of_another_history_is_found() {
    let (mut lab, common) = AttackStore::in_memory();
    let [theirs, ours] = ["theirs", "ours"].map(|name| {
        let backend = MemoryBackend::with(common.clone());
        let mut core = lab.open_in(backend.clone());
        lab.issue(&mut core, "sync", name);
        backend.tables()
    });
    let last = *ours.log.keys().next_back().unwrap();
    assert_ne!(
        ours.log[&last], theirs.log[&last],
        "the premise: two histories"
    );
    found(&lab, &ours, "an entry of another history", |t| {
        t.log.insert(last, theirs.log[&last].clone());
    });
}

/// As a tree can have it: a number twice, and the next one not at all.
#[test]
fn a_number_that_is_there_twice_is_found() {
    let (lab, tables) = AttackStore::in_memory();
    let history = History {
        newest: tables,
        others: Vec::new(),
    };
    let [hdr, idx, log, man, obj] = history.honest();
    let Node::Rows(rows) = log else {
        panic!("more than one page")
    };
    let with = |log: Vec<(i64, Payload)>| {
        let trees = [&hdr, &idx, &trees::numbers(&log), &man, &obj].map(Clone::clone);
        lab.put(&forge::file(&trees, Kept::Journal));
        let mut core = lab.open_with(&State::off()).unwrap();
        let count = u64::try_from(rows.len()).unwrap() - 1;
        audit::last(&mut core, &audit::Choice::default(), count, &mut |_| Ok(())).map(drop)
    };
    with(rows.clone()).unwrap();
    for at in 2..rows.len() {
        let mut doubled = rows.clone();
        doubled[at - 1] = doubled[at].clone();
        let error = with(doubled).unwrap_err();
        assert_eq!(error.kind(), Kind::Integrity, "row {at}: {error}");
    }
}
