//! Reading records and index entries, and what storage is asked for.

use super::*;
use crate::backend::{ObjId, Want};
use crate::barrier::reader::{IndexChange, Lookup, MAX_ENTRIES, Reader};
use crate::barrier::schema::index::Unique;
use crate::kind::Kind;
use crate::model::id::RecordId;
use crate::model::profile::Address;

fn address(text: &str) -> Address {
    Address {
        address: text.to_owned(),
        profiles: 1,
        mailed: Vec::new(),
    }
}

/// An id of bucket 0101, or of the part 01.
fn id(next: u8, last: u8) -> RecordId {
    let mut bytes = [1; 16];
    (bytes[1], bytes[15]) = (next, last);
    RecordId::from_bytes(bytes)
}

/// A store with two records in one bucket, of which the first is found by an address.
fn with_records() -> (TestStore, Store) {
    let (held, mut store) = TestStore::published();
    let fill = |w: &mut Writer<'_>| {
        w.add(id(1, 2), &address("b"))?;
        w.add(id(1, 1), &address("a"))?;
        w.index(Unique::Email("a"), id(1, 1))
    };
    write_at(&mut store, NOW, fill).unwrap();
    (held, store)
}

fn entry(r: &Reader<'_>, text: &str) -> [u8; 16] {
    Unique::Email(text).entry(&r.indexer())
}

/// Another address whose index entry is in the bucket of that of "a".
fn neighbour(r: &Reader<'_>) -> String {
    let bucket = |text: &str| entry(r, text).first_chunk::<2>().copied();
    let own = bucket("a");
    let mut texts = (0..).map(|n: u32| n.to_string());
    texts.find(|text| bucket(text) == own).unwrap()
}

#[test]
fn records_of_one_bucket_are_told_apart() {
    let (_held, mut store) = with_records();
    let mut get = |id| {
        let found = store.read(|r| r.get::<Address>(id)).unwrap();
        found.map(|found| found.address)
    };
    assert_eq!(get(id(1, 1)).as_deref(), Some("a"));
    assert_eq!(get(id(1, 2)).as_deref(), Some("b"));
    assert_eq!(get(id(1, 3)), None);
}

#[test]
fn index_entries_of_one_bucket_are_told_apart() {
    let (_held, mut store) = with_records();
    let other = store.read(|r| Ok(neighbour(r))).unwrap();
    let find = |store: &mut Store, text: &str| store.read(|r| r.find(Unique::Email(text))).unwrap();
    assert_eq!(find(&mut store, "a"), Some(id(1, 1)));
    assert_eq!(find(&mut store, &other), None);
    let add = |w: &mut Writer<'_>| w.index(Unique::Email(&other), id(1, 2));
    write_at(&mut store, NOW, add).unwrap();
    assert_eq!(find(&mut store, "a"), Some(id(1, 1)));
    assert_eq!(find(&mut store, &other), Some(id(1, 2)));
}

#[test]
fn more_rows_than_the_store_has_are_refused_as_they_arrive() {
    let (held, mut store) = with_records();
    let row = held.backend.tables().obj[id(1, 1).bytes()].clone();
    let entry = store.read(|r| Ok(entry(r, "a"))).unwrap();
    held.backend.tamper(|tables| {
        for last in 100..200 {
            tables.obj.insert(*id(1, last).bytes(), row.clone());
            let mut beside = entry;
            beside[15] = last;
            tables.idx.insert(beside, *id(1, 1).bytes());
        }
    });
    let record = store.read(|r| r.get::<Address>(id(1, 1)).map(drop));
    let found = store.read(|r| r.find(Unique::Email("a")).map(drop));
    for refused in [record, found] {
        assert_eq!(refused.unwrap_err().kind(), Kind::Corrupt);
    }
}

fn bounds(next: std::ops::RangeInclusive<u8>) -> (ObjId, ObjId) {
    let bound = |next, fill| {
        let mut bytes = [fill; 16];
        (bytes[0], bytes[1]) = (1, next);
        bytes
    };
    (bound(*next.start(), 0), bound(*next.end(), 255))
}

#[test]
fn what_will_be_read_is_announced_once() {
    let (held, mut store) = with_records();
    let faults = held.backend.faults();
    let ((first, last), (from, to)) = (bounds(1..=1), bounds(0..=255));
    let (bucket, part) = (Want::Objects(first, last), Want::Objects(from, to));
    faults.take_wants();
    drop(held.open(&held.state()));
    assert_eq!(faults.take_wants(), [Want::Hdr(1), Want::Hdr(2)]);
    store
        .read(|r| {
            // What this machine has not seen of the log comes with the root.
            let first = faults.take_wants();
            assert!(matches!(&*first, [Want::Log(_, u64::MAX)]), "{first:?}");
            r.get::<Address>(id(1, 1))?;
            assert_eq!(faults.take_wants(), [bucket, Want::Man(2)]);
            r.get::<Address>(id(1, 2))?;
            assert_eq!(faults.take_wants(), [bucket], "the sums are known");
            r.part::<Address>(1)?;
            assert_eq!(faults.take_wants(), [part]);
            r.find(Unique::Email("a"))?;
            let [top, ..] = entry(r, "a");
            let wants = faults.take_wants();
            assert!(
                matches!(&*wants, [Want::Index(..), Want::Man(b)] if *b == 257 + u16::from(top)),
                "{wants:?}"
            );
            Ok(())
        })
        .unwrap();
    store.read(|r| r.check(&mut |_, _| ())).unwrap();
    let wants = faults.take_wants();
    let count = |kind: fn(&Want) -> bool| wants.iter().filter(|want| kind(want)).count();
    assert_eq!(count(|want| matches!(want, Want::Objects(..))), 256);
    assert_eq!(count(|want| matches!(want, Want::Index(..))), 256);
}

#[test]
fn a_name_is_announced_with_the_record_that_it_names() {
    let (held, mut store) = with_records();
    let faults = held.backend.faults();
    let named = [Lookup::Named(Unique::Email("a"))];
    store.prefetch(&named);
    faults.take_wants();
    store
        .read(|r| {
            let h = Unique::Email("a").entry(&r.indexer());
            let first = faults.take_wants();
            let [
                named_first,
                Want::Man(b),
                Want::Index(from, to),
                Want::Log(..),
            ] = *first
            else {
                panic!("{first:?}");
            };
            assert_eq!(named_first, Want::Named(h));
            assert!(b > 256 && from <= h && h <= to);
            r.announce(&named)?;
            assert_eq!(*faults.take_wants(), first[..3]);
            r.find(Unique::Email("a"))?;
            faults.take_wants();
            r.announce(&named)?;
            r.announce(&[Lookup::Entry(Unique::Email("a"))])?;
            let again = faults.take_wants();
            assert!(!again.contains(&Want::Named(h)), "it is known: {again:?}");
            assert!(!again.iter().any(|want| matches!(want, Want::Index(..))));
            Ok(())
        })
        .unwrap();
    store.read(|_| Ok(())).unwrap();
    assert_eq!(faults.take_wants().len(), 1, "that was of one transaction");
}

#[test]
fn what_changes_is_announced_at_once_before_it_is_sealed() {
    let (held, mut store) = with_records();
    let faults = held.backend.faults();
    let announced = std::cell::RefCell::new(Vec::new());
    write_at(&mut store, NOW, |w| {
        for n in 0..3 {
            w.add(id(7, n), &address("b"))?;
        }
        w.index(Unique::Email("new"), id(7, 0))?;
        faults.take_wants();
        w.flush()?;
        *announced.borrow_mut() = faults.take_wants();
        note(w)
    })
    .unwrap();
    let announced = announced.into_inner();
    let count = |kind: fn(&Want) -> bool| announced.iter().filter(|want| kind(want)).count();
    assert_eq!(count(|want| matches!(want, Want::Man(_))), 2);
    assert_eq!(count(|want| matches!(want, Want::Index(..))), 1);
    assert!(count(|want| matches!(want, Want::Objects(..))) >= 1);
}

#[test]
fn no_more_index_entries_are_kept_than_there_is_room_for() {
    let (_held, mut store) = with_records();
    let kept = |filled: usize| {
        store.read(|r| {
            let none = IndexChange {
                old: None,
                new: None,
            };
            let fill = (0..filled as u128).map(|n| (n.to_be_bytes(), none));
            r.entries.extend(fill);
            assert_eq!(r.find(Unique::Email("a"))?, Some(id(1, 1)));
            Ok(r.entries.len())
        })
    };
    let kept = [MAX_ENTRIES - 1, MAX_ENTRIES].map(kept);
    assert_eq!(kept.map(Result::unwrap), [MAX_ENTRIES; 2]);
}

#[test]
fn a_change_sees_what_it_has_changed() {
    let (_held, mut store) = with_records();
    let change = |w: &mut Writer<'_>| {
        w.put(id(1, 1), &address("c"))?;
        let changed: Option<Address> = w.get(id(1, 1))?;
        assert_eq!(changed.unwrap().address, "c");
        w.remove(id(1, 2))?;
        assert!(w.get::<Address>(id(1, 2))?.is_none());
        w.index(Unique::Email("c"), id(1, 1))?;
        assert_eq!(w.find(Unique::Email("c"))?, Some(id(1, 1)));
        w.unindex(Unique::Email("a"))?;
        assert_eq!(w.find(Unique::Email("a"))?, None);
        let reader: &mut Reader<'_> = w;
        let blind = reader.part::<Address>(1).map(drop).unwrap_err();
        assert!(matches!(blind, crate::Error::Bug(_)), "{blind}");
        let seen: Vec<_> = w
            .part::<Address>(1)?
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        assert_eq!(seen, [id(1, 1)]);
        Ok(())
    };
    write_at(&mut store, NOW, change).unwrap();
}
