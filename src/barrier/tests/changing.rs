//! Records, index entries and lists as a transaction changes them.

use super::*;
use crate::barrier::reader::MAX_ENTRIES;
use crate::barrier::schema::index::{List, Unique};
use crate::kind::Kind;
use crate::model::id::RecordId;
use crate::model::otp::Budget;
use crate::model::profile::Address;

fn id(n: u16) -> RecordId {
    let mut bytes = [7; 16];
    bytes[..2].copy_from_slice(&n.to_be_bytes());
    RecordId::from_bytes(bytes)
}

fn address(text: &str) -> Address {
    Address {
        address: text.to_owned(),
        profiles: 0,
        mailed: Vec::new(),
    }
}

fn written(change: impl FnMut(&mut Writer<'_>) -> Result<()>) -> Store {
    let (_, mut store) = TestStore::published();
    write_at(&mut store, NOW, change).unwrap();
    store
}

/// A store with a record, an index entry for it, and a list of it.
fn filled() -> Store {
    written(|w| {
        w.add(id(1), &address("a"))?;
        w.index(Unique::Email("a"), id(1))?;
        w.enlist(List::Outbox, id(1)).map(drop)
    })
}

#[test]
fn each_change_alone_is_committed() {
    type Change = fn(&mut Writer<'_>) -> Result<()>;
    let changes: [(&str, Change); 9] = [
        ("add", |w| w.add(id(2), &address("b"))),
        ("put", |w| w.put(id(1), &address("b"))),
        ("remove", |w| w.remove(id(1))),
        ("index", |w| w.index(Unique::Email("b"), id(1))),
        ("reindex", |w| w.reindex(Unique::Email("a"), id(2))),
        ("unindex", |w| w.unindex(Unique::Email("a"))),
        ("audit", note),
        ("set_history", |w| {
            w.begin_history([9; 16], 1, None);
            Ok(())
        }),
        ("reset_wall", |w| {
            w.reset_wall();
            Ok(())
        }),
    ];
    for (name, change) in changes {
        let mut store = filled();
        let epoch = |store: &mut Store| store.read(|r| Ok(r.epoch())).unwrap();
        let before = epoch(&mut store);
        write_at(&mut store, NOW, |_| Ok(())).unwrap();
        assert_eq!(epoch(&mut store), before, "nothing is no change");
        write_at(&mut store, NOW, change).unwrap();
        assert_eq!(epoch(&mut store), before + 1, "{name}");
    }
}

#[test]
fn an_index_entry_is_added_moved_and_removed() {
    let mut store = filled();
    let mut find = |change: fn(&mut Writer<'_>) -> Result<()>| {
        write_at(&mut store, NOW, change).unwrap();
        store.read(|r| r.find(Unique::Email("a"))).unwrap()
    };
    assert_eq!(find(|_| Ok(())), Some(id(1)));
    assert_eq!(find(|w| w.reindex(Unique::Email("a"), id(2))), Some(id(2)));
    assert_eq!(find(|w| w.unindex(Unique::Email("a"))), None);
    let again = write_at(&mut store, NOW, |w| w.unindex(Unique::Email("a")));
    assert_eq!(again.unwrap_err().kind(), Kind::Integrity);
}

#[test]
fn an_index_entry_belongs_to_one_record() {
    let mut store = filled();
    let taken = |w: &mut Writer<'_>| w.index(Unique::Email("a"), id(2));
    let unseen = write_at(&mut store, NOW, taken).unwrap_err();
    assert_eq!(unseen.kind(), Kind::Corrupt, "the storage finds it");
    let seen = write_at(&mut store, NOW, |w| {
        assert_eq!(w.find(Unique::Email("a"))?, Some(id(1)));
        taken(w)
    });
    assert!(matches!(seen, Err(crate::Error::Bug(_))));
    let freed = |w: &mut Writer<'_>| {
        w.unindex(Unique::Email("a"))?;
        taken(w)
    };
    write_at(&mut store, NOW, freed).unwrap();
    assert_eq!(
        store.read(|r| r.find(Unique::Email("a"))).unwrap(),
        Some(id(2))
    );
}

#[test]
fn a_list_has_no_gaps_when_an_entry_leaves_it() {
    let of = List::TokensOf(id(9));
    let mut store = written(|w| (0..3).try_for_each(|n| w.push(of, n.into(), id(n))));
    let entries = |store: &mut Store| -> Vec<_> {
        let at = |n| store.read(|r| r.find_at(of, n)).unwrap();
        (0..4).map(at).collect()
    };
    let all = [Some(id(0)), Some(id(1)), Some(id(2)), None];
    assert_eq!(entries(&mut store), all);
    let mut pull = |count, position| {
        let mut moved = None;
        write_at(&mut store, NOW, |w| {
            moved = w.pull_entry(of, count, position)?;
            Ok(())
        })
        .unwrap();
        (moved, entries(&mut store))
    };
    let (moved, left) = pull(3, 0);
    assert_eq!(moved, Some(id(2)));
    assert_eq!(left, [Some(id(2)), Some(id(1)), None, None]);
    let (moved, left) = pull(2, 1);
    assert_eq!(moved, None);
    assert_eq!(left, [Some(id(2)), None, None, None]);
    let missing = store.read(|r| r.at(of, 1)).unwrap_err();
    assert_eq!(missing.kind(), Kind::Integrity);
}

#[test]
fn a_record_keeps_its_position_in_a_list_of_the_store() {
    let mut store = written(|w| {
        for n in 0..3 {
            let position = w.enlist(List::Outbox, id(n))?;
            let budget = Budget {
                exchanges: position,
                ..Budget::new(id(n))
            };
            w.add(id(n), &budget)?;
        }
        Ok(())
    });
    let count = |store: &mut Store| store.read(|r| r.count(List::Outbox)).unwrap();
    assert_eq!(count(&mut store), 3);
    let leave = |w: &mut Writer<'_>| {
        w.delist::<Budget>(List::Outbox, 0, |budget| &mut budget.exchanges)?;
        assert_eq!(w.count(List::Outbox)?, 2);
        w.remove(id(0))
    };
    write_at(&mut store, NOW, leave).unwrap();
    assert_eq!(count(&mut store), 2);
    let moved: Budget = store.read(|r| r.require(id(2))).unwrap();
    assert_eq!(moved.exchanges, 0);
    assert_eq!(store.read(|r| r.at(List::Outbox, 0)).unwrap(), id(2));
    let counted = store.read(|r| r.count(List::Pending)).unwrap_err();
    assert!(matches!(counted, crate::Error::Bug(_)));
}

#[test]
fn a_record_that_is_missing_is_damage() {
    let mut store = filled();
    let missing = store.read(|r| r.require::<Address>(id(5)).map(drop));
    assert_eq!(missing.unwrap_err().kind(), Kind::Integrity);
    let other_kind = store.read(|r| r.get::<Budget>(id(1)).map(drop));
    assert_eq!(other_kind.unwrap_err().kind(), Kind::Integrity);
}

#[test]
fn a_long_change_keeps_so_many_records_and_no_more() {
    let mut store = written(|w| {
        for n in 0..=4096 {
            assert_eq!(w.staged.len(), usize::from(n));
            w.add(id(n), &address("a"))?;
        }
        assert_eq!(w.staged.len(), 1, "the others were written");
        Ok(())
    });
    assert_eq!(store.read(|r| Ok(r.census().records)).unwrap(), 4097);
}

#[test]
fn a_long_change_keeps_so_many_index_entries_and_no_more() {
    let mut store = written(|w| {
        for n in 0..MAX_ENTRIES as u64 {
            w.push(List::Pending, u32::try_from(n).unwrap(), id(1))?;
        }
        assert_eq!(w.entries.len(), MAX_ENTRIES);
        w.reindex(Unique::Email("a"), id(1))?;
        assert_eq!(w.entries.len(), 1, "the others were written");
        Ok(())
    });
    let last = MAX_ENTRIES as u64 - 1;
    assert_eq!(store.read(|r| r.at(List::Pending, last)).unwrap(), id(1));
    assert_eq!(
        store.read(|r| r.find(Unique::Email("a"))).unwrap(),
        Some(id(1))
    );
}

#[test]
fn a_change_can_be_compared_with_what_was_there() {
    let mut store = filled();
    let texts = |w: &Writer<'_>| -> Vec<_> {
        let originals = w.originals::<Address>().unwrap();
        originals.into_values().map(|it| it.address).collect()
    };
    write_at(&mut store, NOW, |w| {
        w.put(id(1), &address("earlier"))?;
        w.keep_originals();
        assert!(texts(w).is_empty() && w.added().is_empty());
        w.put(id(1), &address("b"))?;
        w.put(id(1), &address("c"))?;
        w.add(id(2), &Budget::new(id(2)))?;
        w.put(id(3), &address("new"))?;
        assert_eq!(texts(w), ["earlier"]);
        assert_eq!(w.added(), [id(2), id(3)].into());
        assert!(w.originals::<Budget>()?.is_empty());
        let original = |id| w.original::<Address>(id).unwrap().map(|it| it.address);
        assert_eq!(original(id(1)).as_deref(), Some("earlier"));
        assert_eq!(
            [original(id(2)), original(id(3)), original(id(4))],
            [const { None }; 3]
        );
        assert!(w.original::<Budget>(id(1))?.is_none());
        Ok(())
    })
    .unwrap();
    write_at(&mut store, NOW, |w| {
        w.keep_originals();
        w.remove(id(1))?;
        assert_eq!(texts(w), ["c"]);
        assert!(w.added().is_empty());
        Ok(())
    })
    .unwrap();
    write_at(&mut store, NOW, |w| {
        w.put(id(3), &address("again"))?;
        assert!(texts(w).is_empty(), "nobody asked");
        Ok(())
    })
    .unwrap();
}

#[test]
fn a_change_can_be_asked_for_its_audit_entries() {
    written(|w| {
        note(w)?;
        assert!(w.trail().is_empty(), "nobody asked");
        w.keep_trail();
        note(w)?;
        note(w)?;
        let trail = w.trail();
        assert_eq!(trail.len(), 2);
        assert!(trail.iter().all(|entry| entry.action == "store.init"));
        assert!(w.trail().is_empty(), "they were taken");
        Ok(())
    });
}

#[test]
fn a_time_is_only_reset_on_purpose() {
    let at = |seconds| Time::from_seconds(NOW.seconds() + seconds);
    let mut store = written(|w| {
        w.see_time(at(9));
        w.see_time(at(5));
        note(w)
    });
    let latest = |store: &mut Store| store.read(|r| Ok(r.wall_max())).unwrap();
    assert_eq!(latest(&mut store), at(9));
    write_at(&mut store, at(1), |w| {
        w.reset_wall();
        Ok(())
    })
    .unwrap();
    assert_eq!(latest(&mut store), at(1));
}
