//! What a change leaves behind in the store, and what it asks of the storage.

use std::path::Path;
use std::time::{Duration, Instant};

use super::*;
use crate::backend::sqlite::OpenOptions;
use crate::backend::{Fault, Placement, Target};
use crate::barrier::schema::index::{List, Unique};
use crate::kind::Kind;
use crate::model::id::RecordId;
use crate::model::otp::Budget;

fn later(seconds: i64) -> Time {
    Time::from_seconds(NOW.seconds() + seconds)
}

#[test]
fn the_latest_time_is_that_of_the_latest_change() {
    let (_held, mut store) = TestStore::published();
    let latest = |store: &mut Store| store.read(|r| Ok(r.wall_max())).unwrap();
    write_at(&mut store, later(10), note).unwrap();
    assert_eq!(latest(&mut store), later(10));
    write_at(&mut store, later(5), note).unwrap();
    assert_eq!(latest(&mut store), later(10), "it never goes back");
    store
        .write_quietly(later(20), &Actor::default(), &mut OsEntropy, note)
        .unwrap();
    assert_eq!(latest(&mut store), later(10));
}

#[test]
fn imports_are_counted() {
    let (_held, mut store) = TestStore::published();
    let count = |w: &mut Writer<'_>| {
        (0..3).for_each(|_| w.count_import());
        w.discount_import();
        note(w)
    };
    write_at(&mut store, NOW, count).unwrap();
    assert_eq!(store.read(|r| Ok(r.imports())).unwrap(), 2);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "it is waited in real time")]
fn another_writer_is_waited_for_between_attempts() {
    let (held, mut store) = TestStore::published();
    for _ in 0..3 {
        held.backend
            .faults()
            .fail_method("begin", 1, || Fault::Conflict);
    }
    let started = Instant::now();
    change(&mut store);
    assert!(
        started.elapsed() >= Duration::from_millis(17),
        "half of 5, 10 and 20"
    );
}

#[test]
fn maintenance_is_left_to_the_storage() {
    let (held, mut store) = TestStore::published();
    let calls = |name| held.backend.faults().calls_by_method().get(name).copied();
    assert!(store.writable());
    store.bulk(true).unwrap();
    store.checkpoint().unwrap();
    assert_eq!([calls("bulk"), calls("checkpoint")], [Some(1), Some(1)]);
}

fn back_up(store: &mut Store) -> Result<()> {
    let target = Target {
        path: Path::new("/nowhere"),
        placement: Placement::New,
        options: &OpenOptions::default(),
    };
    store.back_up(&target, &mut |_| ()).map(drop)
}

#[test]
fn a_store_is_used_as_before_after_a_backup() {
    let (_held, mut store) = TestStore::published();
    back_up(&mut store).unwrap();
    let before = store.seen_epoch().unwrap().unwrap();
    change(&mut store);
    assert_eq!(store.seen_epoch().unwrap(), Some(before + 1));
}

#[test]
fn a_store_that_is_refused_is_not_backed_up() {
    let (held, mut store) = TestStore::published();
    let old = held.backend.tables();
    change(&mut store);
    held.backend.restore(old);
    assert_eq!(back_up(&mut store).unwrap_err().kind(), Kind::Rollback);
}

/// A store with this many records in one part, and how many rows and reads a change of the first
/// `changed` of them costs.
fn cost(records: u16, changed: u16) -> (u64, u64) {
    let id = |n: u16| {
        let mut bytes = [3; 16];
        bytes[1..3].copy_from_slice(&n.swap_bytes().to_be_bytes());
        RecordId::from_bytes(bytes)
    };
    let (held, mut store) = TestStore::published();
    let fill =
        |w: &mut Writer<'_>| (0..records).try_for_each(|n| w.add(id(n), &Budget::new(id(n))));
    write_at(&mut store, NOW, fill).unwrap();
    let faults = held.backend.faults();
    let reads = || faults.calls_by_method()["obj_range"];
    let before = (faults.rows(), reads());
    let change = |w: &mut Writer<'_>| {
        let ids = (0..changed).map(id);
        ids.into_iter()
            .try_for_each(|id| w.add(id_after(id), &Budget::new(id)))
    };
    write_at(&mut store, NOW, change).unwrap();
    (faults.rows() - before.0, reads() - before.1)
}

/// Another id of the same bucket.
fn id_after(id: RecordId) -> RecordId {
    let mut bytes = *id.bytes();
    bytes[15] += 1;
    RecordId::from_bytes(bytes)
}

#[test]
fn what_was_written_is_read_back_in_the_cheaper_way() {
    let (rows, reads) = cost(3000, 1);
    assert!(
        rows < 100 && reads == 1,
        "only its bucket: {rows} rows, {reads} reads"
    );
    let (rows, reads) = cost(1028, 1);
    assert!(
        rows < 100 && reads == 1,
        "only its bucket: {rows} rows, {reads} reads"
    );
    let (rows, reads) = cost(1027, 1);
    assert!(
        rows > 1027 && reads == 1,
        "all at once: {rows} rows, {reads} reads"
    );
    let (rows, reads) = cost(3000, 100);
    assert!(
        rows > 3000 && reads == 1,
        "all at once: {rows} rows, {reads} reads"
    );
}

fn fill(w: &mut Writer<'_>, records: u16) -> Result<()> {
    for n in 0..records {
        let mut bytes = [3; 16];
        bytes[1..3].copy_from_slice(&n.to_be_bytes());
        let id = RecordId::from_bytes(bytes);
        w.add(id, &Budget::new(id))?;
        w.push(List::Pending, n.into(), id)?;
    }
    note(w)?;
    note(w)
}

/// Changes a record, an index entry, the log and the manifest.
fn change_all(w: &mut Writer<'_>) -> Result<()> {
    let mut bytes = [3; 16];
    bytes[1..3].fill(0);
    let id = RecordId::from_bytes(bytes);
    w.put(
        id,
        &Budget {
            failures: 1,
            ..Budget::new(id)
        },
    )?;
    w.reindex(Unique::Budget(id), id)?;
    note(w)?;
    note(w)
}

/// In a crafted file, what is written can be found elsewhere than where it is looked for.
#[test]
fn what_is_not_found_where_it_was_written_is_not_committed() {
    for records in [1, 1500] {
        for method in ["obj_put", "idx_add", "man_put", "log_put"] {
            let (held, mut store) = TestStore::published();
            write_at(&mut store, NOW, |w| fill(w, records)).unwrap();
            let before = held.backend.tables();
            held.backend.faults().lose(method);
            let error = write_at(&mut store, NOW, change_all).unwrap_err();
            assert_eq!(error.kind(), Kind::Integrity, "{method}, {records} records");
            assert_eq!(held.backend.tables(), before);
            held.backend.faults().clear();
            write_at(&mut store, NOW, change_all).unwrap();
            store.read(|r| r.check(&mut |_, _| ())).unwrap();
        }
    }
}

#[test]
fn only_the_root_can_be_lost_and_that_is_found() {
    let (held, mut store) = TestStore::published();
    held.backend.faults().lose("man_put");
    let error = write_at(&mut store, NOW, note).unwrap_err();
    assert_eq!(error.kind(), Kind::Integrity);
}

#[test]
fn an_entry_of_the_log_is_not_taken_for_another() {
    let (held, mut store) = TestStore::published();
    held.backend.tamper(|tables| {
        for seq in [2, 3] {
            tables.log.insert(seq, tables.log[&1].clone());
        }
    });
    held.backend.faults().lose("log_put");
    let both = |w: &mut Writer<'_>| {
        note(w)?;
        note(w)
    };
    let error = write_at(&mut store, NOW, both).unwrap_err();
    assert_eq!(error.kind(), Kind::Integrity);
}

#[test]
fn a_header_that_is_not_found_where_it_was_written_is_not_committed() {
    let (held, mut store) = TestStore::published();
    held.backend.faults().lose("hdr_put");
    let key = Key::generate(&mut OsEntropy).unwrap();
    let actor = Actor::default();
    let slot = NewSlot::KeyFile(&key);
    let added = store.add_slot(&slot, NOW, &actor, &mut OsEntropy);
    assert_eq!(added.unwrap_err().kind(), Kind::Integrity);
    assert_eq!(store.slots().len(), 1);
}

#[test]
fn what_is_added_and_removed_in_one_change_leaves_no_row() {
    let (held, mut store) = TestStore::published();
    let before = held.backend.tables();
    let id = RecordId::from_bytes([3; 16]);
    let come_and_go = |w: &mut Writer<'_>| {
        w.add(id, &Budget::new(id))?;
        w.flush()?;
        w.remove(id)
    };
    write_at(&mut store, NOW, come_and_go).unwrap();
    let after = held.backend.tables();
    assert_eq!(after.man.len(), before.man.len());
    assert!(after.obj.is_empty());
}
