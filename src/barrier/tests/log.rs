//! Reading the audit log of an open store.

use super::*;
use crate::barrier::reader::Reader;
use crate::kind::Kind;
use crate::model::audit::LogHead;

/// A store with this many entries in its log.
fn with_entries(count: u64) -> (TestStore, Store) {
    let (held, mut store) = TestStore::published();
    let fill = |w: &mut Writer<'_>| (1..count).try_for_each(|_| note(w));
    write_at(&mut store, NOW, fill).unwrap();
    (held, store)
}

fn head(store: &mut Store) -> LogHead {
    store.read(|r| Ok(r.log_head())).unwrap()
}

/// The numbers of the entries after `seen`.
fn after(store: &mut Store, seen: &LogHead) -> Result<Vec<u64>> {
    store.read(|r| {
        let mut numbers = Vec::new();
        let end = r.log_after(seen, &mut |seq, _| {
            numbers.push(seq);
            Ok(())
        })?;
        assert_eq!(end, r.log_head());
        Ok(numbers)
    })
}

#[test]
fn a_log_of_one_entry_is_whole() {
    let (_held, mut store) = with_entries(1);
    store.read(|r| r.log_whole(&mut |_, _| Ok(()))).unwrap();
    assert_eq!(head(&mut store).seq, 1);
}

#[test]
fn what_was_written_since_continues_what_was_seen() {
    let (_held, mut store) = with_entries(2);
    let seen = head(&mut store);
    assert!(after(&mut store, &seen).unwrap().is_empty());
    change(&mut store);
    change(&mut store);
    assert_eq!(after(&mut store, &seen).unwrap(), [3, 4]);
    let start = store.read(|r| Ok(r.log_start())).unwrap();
    assert_eq!(after(&mut store, &start).unwrap(), [1, 2, 3, 4]);
}

#[test]
fn what_was_not_seen_of_this_log_is_a_fork() {
    let (_held, mut store) = with_entries(3);
    let end = head(&mut store);
    let of_another = LogHead {
        head: [9; 32],
        ..end
    };
    let later = LogHead {
        seq: end.seq + 1,
        ..end
    };
    let earlier = LogHead {
        seq: end.seq - 1,
        ..end
    };
    for seen in [of_another, later, earlier] {
        let error = after(&mut store, &seen).unwrap_err();
        assert_eq!(error.kind(), Kind::Fork, "{seen:?}");
    }
}

#[test]
fn what_was_seen_before_the_log_begins_is_a_fork() {
    let (held, mut store) = with_entries(4);
    let seen = |store: &mut Store, seq: u64| {
        store.read(|r| {
            let mut found = r.log_start();
            r.log_whole(&mut |at, _| {
                if at.seq == seq {
                    found = at;
                }
                Ok(())
            })?;
            Ok(found)
        })
    };
    let [first, second] = [1, 2].map(|seq| seen(&mut store, seq).unwrap());
    let start = second;
    let prune = |w: &mut Writer<'_>| {
        w.tx.log_prune(start.seq)?;
        (w.root.log_first, w.root.log_first_head) = (start.seq + 1, start.head);
        note(w)
    };
    write_at(&mut store, NOW, prune).unwrap();
    assert_eq!(after(&mut store, &second).unwrap(), [3, 4, 5]);
    let error = after(&mut store, &first).unwrap_err();
    assert_eq!(error.kind(), Kind::Fork, "{error}");
    drop(held);
}

/// The number from which the newest entries are listed, and how many pages were read for it.
fn last_of(held: &TestStore, store: &mut Store, count: u64, parity: Option<u64>) -> (u64, u64) {
    let reads = || {
        let calls = held.backend.faults().calls_by_method();
        calls.get("log_range").copied().unwrap_or(0)
    };
    let before = reads();
    let seen = std::cell::Cell::new(0);
    let first = store.read(|r| {
        r.log_last_of(count, &|_| {
            seen.set(seen.get() + 1);
            parity.is_none_or(|parity| seen.get() % 2 == parity)
        })
    });
    (first.unwrap(), reads() - before)
}

#[test]
fn the_newest_entries_begin_where_as_many_match() {
    let (held, mut store) = with_entries(1026);
    assert_eq!(last_of(&held, &mut store, 1, None), (1026, 1));
    assert_eq!(last_of(&held, &mut store, 512, None), (515, 1));
    assert_eq!(last_of(&held, &mut store, 513, None), (514, 2));
    assert_eq!(last_of(&held, &mut store, 1026, None), (1, 3));
    assert_eq!(last_of(&held, &mut store, 1027, None), (1, 3));
    assert_eq!(last_of(&held, &mut store, 3, Some(1)), (1022, 1));
    assert_eq!(last_of(&held, &mut store, 3, Some(0)), (1021, 1));
}

#[test]
fn what_was_added_to_the_end_is_found_by_whoever_reads_it() {
    let (held, mut store) = with_entries(4);
    held.backend
        .tamper(|tables| tables.log.insert(5, tables.log[&4].clone()));
    let from = |first| move |r: &mut Reader<'_>| r.log_from(first, &mut |_, _| Ok(()));
    let reads: [Result<()>; 3] = [
        store.read(from(1)),
        store.read(from(3)),
        store.read(|r| r.log_last_of(2, &|_| true).map(drop)),
    ];
    for read in reads {
        assert_eq!(read.unwrap_err().kind(), Kind::Integrity);
    }
}

/// Each was sealed for its place; only the chain shows that they are of two histories.
#[test]
fn the_chain_is_followed_from_the_first_entry() {
    let (held, mut store) = with_entries(3);
    let common = held.backend.tables();
    change(&mut store);
    let other = held.backend.tables().log[&4].clone();
    held.backend.restore(common);
    let mut elsewhere = held.open(&State::off());
    let later = Time::from_seconds(NOW.seconds() + 1);
    write_at(&mut elsewhere, later, note).unwrap();
    held.backend.tamper(|tables| tables.log.insert(4, other));
    let mut from = |first| elsewhere.read(|r| r.log_from(first, &mut |_, _| Ok(())));
    from(2).unwrap();
    assert_eq!(from(1).unwrap_err().kind(), Kind::Integrity);
}
