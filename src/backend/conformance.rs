//! The conformance suite of every backend, as functions that panic on a violation. For tests.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "these are tests"
)]

use self::rows::{counts, entries, index, log, object, objects, row, write};
use super::{Backend, Counts, Fault, FileStore, IdxKey, LONGEST, Mode, ObjId, Transaction};

mod pairs;
mod rows;
mod uses;
mod versions;

pub use pairs::{MakePair, run_pairs};

/// Makes an empty store.
pub type Make<'a> = dyn FnMut() -> Box<dyn Backend> + 'a;

/// Runs every test that needs one connection, each on a store of its own.
pub fn run_all(make: &mut Make<'_>) {
    for test in [
        what_is_put_is_there,
        what_is_put_again_replaces,
        a_dropped_transaction_leaves_nothing,
        a_reading_transaction_changes_nothing,
        ranges_of_objects_are_inclusive_and_ascending,
        ranges_of_the_index_are_inclusive_and_ascending,
        what_is_absent_cannot_be_removed,
        what_is_there_is_not_added_again,
        a_log_row_is_written_once,
        the_log_has_bounds_and_can_be_pruned,
        rows_may_be_empty_or_a_mebibyte,
        a_longer_row_is_refused_or_kept,
        what_a_visitor_returns_is_handed_on,
        the_shape_is_checked,
        rows_are_counted,
        upkeep_keeps_every_row,
        uses::last_uses_are_read_as_they_were_set,
        uses::only_objects_that_exist_have_last_uses,
        uses::a_last_use_goes_with_its_object,
        uses::changing_last_uses_changes_nothing_else,
        versions::a_commit_of_its_own_changes_the_version,
        versions::reading_and_rolling_back_leave_the_version,
    ] {
        test(make().as_mut());
    }
}

fn what_is_put_is_there(store: &mut dyn Backend) {
    write(store, |tx| {
        tx.hdr_put(1, b"header").unwrap();
        tx.obj_put(&[7; 16], &row(3, b"object")).unwrap();
        tx.idx_put(&[8; 16], &[7; 16]).unwrap();
        tx.man_put(512, &row(4, b"manifest")).unwrap();
        tx.log_put(&log(1, b"entry")).unwrap();
        assert_eq!(
            object(tx, [7; 16]),
            Some(row(3, b"object")),
            "before the commit"
        );
        // A count can make a backend send what it has kept until then.
        assert_eq!(tx.counts(9).unwrap().hdr, 1);
        assert_eq!(tx.hdr_get(1).unwrap().unwrap(), b"header");
        assert_eq!(tx.man_get(512).unwrap(), Some(row(4, b"manifest")));
    });
    let tx = store.begin(Mode::Read).unwrap();
    assert_eq!(tx.hdr_get(1).unwrap().unwrap(), b"header");
    assert_eq!(tx.hdr_get(2).unwrap(), None);
    assert_eq!(object(tx.as_ref(), [7; 16]), Some(row(3, b"object")));
    assert_eq!(object(tx.as_ref(), [8; 16]), None);
    assert_eq!(index(tx.as_ref(), [8; 16], [8; 16]), [([8; 16], [7; 16])]);
    assert_eq!(index(tx.as_ref(), [7; 16], [7; 16]), []);
    assert_eq!(tx.man_get(512).unwrap(), Some(row(4, b"manifest")));
    assert_eq!(tx.man_get(0).unwrap(), None);
    assert_eq!(entries(tx.as_ref(), 0, u64::MAX), [log(1, b"entry")]);
}

fn what_is_put_again_replaces(store: &mut dyn Backend) {
    for text in [b"old", b"new"] {
        write(store, |tx| {
            tx.hdr_put(2, text).unwrap();
            tx.obj_put(&[1; 16], &row(u32::MAX, text)).unwrap();
            tx.idx_put(&[1; 16], &[text[0]; 16]).unwrap();
            tx.man_put(0, &row(0, text)).unwrap();
        });
    }
    let tx = store.begin(Mode::Read).unwrap();
    assert_eq!(tx.hdr_get(2).unwrap().unwrap(), b"new");
    assert_eq!(object(tx.as_ref(), [1; 16]), Some(row(u32::MAX, b"new")));
    assert_eq!(
        index(tx.as_ref(), [1; 16], [1; 16]),
        [([1; 16], [b'n'; 16])]
    );
    assert_eq!(tx.man_get(0).unwrap(), Some(row(0, b"new")));
    assert_eq!(counts(tx.as_ref()), [1, 1]);
}

fn a_dropped_transaction_leaves_nothing(store: &mut dyn Backend) {
    write(store, |tx| tx.obj_put(&[1; 16], &row(1, b"kept")).unwrap());
    let mut tx = store.begin(Mode::Write).unwrap();
    tx.obj_put(&[1; 16], &row(1, b"lost")).unwrap();
    tx.obj_put(&[2; 16], &row(1, b"lost")).unwrap();
    tx.log_put(&log(1, b"lost")).unwrap();
    drop(tx);
    let tx = store.begin(Mode::Write).unwrap();
    assert_eq!(
        objects(tx.as_ref(), [0; 16], [255; 16]),
        [([1; 16], row(1, b"kept"))]
    );
    assert_eq!(tx.log_bounds().unwrap(), None);
}

fn a_reading_transaction_changes_nothing(store: &mut dyn Backend) {
    let mut tx = store.begin(Mode::Read).unwrap();
    assert!(matches!(
        tx.obj_put(&[1; 16], &row(1, b"x")),
        Err(Fault::ReadOnly(_))
    ));
    assert!(matches!(
        tx.obj_add(&[2; 16], &row(1, b"x")),
        Err(Fault::ReadOnly(_))
    ));
    assert!(matches!(
        tx.idx_add(&[2; 16], &[2; 16]),
        Err(Fault::ReadOnly(_))
    ));
    assert!(matches!(tx.hdr_put(1, b"x"), Err(Fault::ReadOnly(_))));
    assert!(matches!(tx.log_prune(1), Err(Fault::ReadOnly(_))));
    tx.commit().unwrap();
    assert_eq!(counts(store.begin(Mode::Read).unwrap().as_ref()), [0, 0]);
}

/// The first and last ids, the neighbours of a bucket's edge, and one in between; unordered.
fn edges() -> [[u8; 16]; 6] {
    let mut below = [255; 16];
    [below[0], below[1]] = [0x12, 0x33];
    let mut at = [0; 16];
    [at[0], at[1]] = [0x12, 0x34];
    let mut end = [255; 16];
    [end[0], end[1]] = [0x12, 0x34];
    [end, [255; 16], at, [0; 16], below, [0x80; 16]]
}

fn sorted() -> Vec<[u8; 16]> {
    let mut all = edges().to_vec();
    all.sort_unstable();
    all
}

fn ranges_of_objects_are_inclusive_and_ascending(store: &mut dyn Backend) {
    write(store, |tx| {
        for id in &edges() {
            tx.obj_put(id, &row(1, &id[..1])).unwrap();
        }
    });
    let tx = store.begin(Mode::Read).unwrap();
    let ids = |first, last| -> Vec<ObjId> {
        objects(tx.as_ref(), first, last)
            .into_iter()
            .map(|(id, _)| id)
            .collect()
    };
    let all = sorted();
    assert_eq!(ids([0; 16], [255; 16]), all);
    assert_eq!(
        ids(all[2], all[3]),
        &all[2..=3],
        "a bucket, and not its neighbour"
    );
    assert_eq!(ids([255; 16], [255; 16]), &all[5..]);
    assert_eq!(ids([0; 16], [0; 16]), &all[..1]);
    assert_eq!(ids([1; 16], [2; 16]), Vec::<ObjId>::new());
    assert_eq!(
        ids([255; 16], [0; 16]),
        Vec::<ObjId>::new(),
        "upside down is empty"
    );
}

fn ranges_of_the_index_are_inclusive_and_ascending(store: &mut dyn Backend) {
    write(store, |tx| {
        for h in &edges() {
            tx.idx_put(h, &[h[0]; 16]).unwrap();
        }
    });
    let tx = store.begin(Mode::Read).unwrap();
    let all = sorted();
    let pairs = |keys: &[IdxKey]| keys.iter().map(|h| (*h, [h[0]; 16])).collect::<Vec<_>>();
    assert_eq!(index(tx.as_ref(), [0; 16], [255; 16]), pairs(&all));
    assert_eq!(index(tx.as_ref(), all[2], all[3]), pairs(&all[2..=3]));
    assert_eq!(index(tx.as_ref(), [255; 16], [0; 16]), []);
}

fn what_is_absent_cannot_be_removed(store: &mut dyn Backend) {
    write(store, |tx| {
        tx.obj_put(&[1; 16], &row(1, b"x")).unwrap();
        tx.idx_put(&[1; 16], &[1; 16]).unwrap();
        tx.man_put(1, &row(1, b"x")).unwrap();
        tx.obj_del(&[1; 16]).unwrap();
        tx.idx_del(&[1; 16]).unwrap();
        tx.man_del(1).unwrap();
        assert!(matches!(tx.obj_del(&[1; 16]), Err(Fault::Corrupt(_))));
        assert!(matches!(tx.idx_del(&[1; 16]), Err(Fault::Corrupt(_))));
        assert!(matches!(tx.man_del(1), Err(Fault::Corrupt(_))));
    });
}

fn what_is_there_is_not_added_again(store: &mut dyn Backend) {
    write(store, |tx| {
        tx.obj_add(&[1; 16], &row(1, b"x")).unwrap();
        tx.idx_add(&[1; 16], &[1; 16]).unwrap();
        assert!(matches!(
            tx.obj_add(&[1; 16], &row(1, b"y")),
            Err(Fault::Corrupt(_))
        ));
        assert!(matches!(
            tx.idx_add(&[1; 16], &[2; 16]),
            Err(Fault::Corrupt(_))
        ));
    });
}

fn a_log_row_is_written_once(store: &mut dyn Backend) {
    let mut tx = store.begin(Mode::Write).unwrap();
    tx.log_put(&log(1, b"first")).unwrap();
    assert!(matches!(
        tx.log_put(&log(1, b"second")),
        Err(Fault::Corrupt(_))
    ));
}

fn the_log_has_bounds_and_can_be_pruned(store: &mut dyn Backend) {
    write(store, |tx| {
        assert_eq!(tx.log_bounds().unwrap(), None);
        tx.log_prune(u64::MAX).unwrap();
        (3..=300).for_each(|seq| tx.log_put(&log(seq, &seq.to_le_bytes())).unwrap());
        assert_eq!(tx.log_bounds().unwrap(), Some((3, 300)));
        tx.log_prune(4).unwrap();
    });
    let tx = store.begin(Mode::Read).unwrap();
    assert_eq!(tx.log_bounds().unwrap(), Some((5, 300)));
    assert_eq!(entries(tx.as_ref(), 0, u64::MAX).len(), 296);
    let numbers = |first, last| -> Vec<u64> {
        entries(tx.as_ref(), first, last)
            .iter()
            .map(|entry| entry.seq)
            .collect()
    };
    assert_eq!(numbers(4, 6), [5, 6]);
    assert_eq!(numbers(255, 257), [255, 256, 257]);
    assert_eq!(numbers(u64::MAX, u64::MAX), Vec::<u64>::new());
    assert_eq!(numbers(9, 8), Vec::<u64>::new());
}

fn rows_may_be_empty_or_a_mebibyte(store: &mut dyn Backend) {
    let long = row(9, &vec![0xA5; LONGEST]);
    write(store, |tx| {
        tx.hdr_put(1, b"").unwrap();
        tx.obj_put(&[0; 16], &row(0, b"")).unwrap();
        tx.obj_put(&[255; 16], &long).unwrap();
    });
    let tx = store.begin(Mode::Read).unwrap();
    assert_eq!(tx.hdr_get(1).unwrap(), Some(Vec::new()));
    assert_eq!(object(tx.as_ref(), [0; 16]), Some(row(0, b"")));
    assert_eq!(object(tx.as_ref(), [255; 16]), Some(long));
}

/// Never an abort, and never a row that can be written but not read.
fn a_longer_row_is_refused_or_kept(store: &mut dyn Backend) {
    for length in [LONGEST + 1, 2 * LONGEST] {
        let huge = row(9, &vec![1; length]);
        let mut tx = store.begin(Mode::Write).unwrap();
        match tx.obj_put(&[1; 16], &huge) {
            Ok(()) => assert_eq!(object(tx.as_ref(), [1; 16]), Some(huge)),
            Err(fault) => assert!(matches!(fault, Fault::Damaged(_))),
        }
    }
}

fn what_a_visitor_returns_is_handed_on(store: &mut dyn Backend) {
    write(store, |tx| {
        for n in 1..=3 {
            tx.obj_put(&[n; 16], &row(1, b"x")).unwrap();
            tx.idx_put(&[n; 16], &[n; 16]).unwrap();
            tx.log_put(&log(n.into(), b"x")).unwrap();
        }
    });
    let tx = store.begin(Mode::Read).unwrap();
    let mut seen = 0;
    let mut stop = || {
        seen += 1;
        if seen % 2 == 0 {
            Err(Fault::NewerFormat("told to stop".into()))
        } else {
            Ok(())
        }
    };
    let results = [
        tx.obj_range(&[0; 16], &[255; 16], &mut |_, _| stop()),
        tx.idx_range(&[0; 16], &[255; 16], &mut |_, _| stop()),
        tx.log_range(0, 9, &mut |_| stop()),
    ];
    assert!(
        results
            .iter()
            .all(|result| matches!(result, Err(Fault::NewerFormat(_))))
    );
    assert_eq!(seen, 6, "each stops at its second row");
}

fn the_shape_is_checked(store: &mut dyn Backend) {
    let shape = |store: &mut dyn Backend| store.begin(Mode::Read).unwrap().check_shape();
    assert!(
        matches!(shape(store), Err(Fault::Corrupt(_) | Fault::Missing(_))),
        "it is still empty"
    );
    write(store, |tx| {
        tx.hdr_put(1, b"header").unwrap();
        tx.hdr_put(2, b"keyring").unwrap();
        tx.man_put(0, &row(1, b"root")).unwrap();
    });
    shape(store).unwrap();
    write(store, |tx| tx.man_put(512, &row(1, b"last")).unwrap());
    shape(store).unwrap();
    let undone = |store: &mut dyn Backend, change: &dyn Fn(&mut dyn Transaction)| {
        let mut tx = store.begin(Mode::Write).unwrap();
        change(tx.as_mut());
        assert!(matches!(tx.check_shape(), Err(Fault::Corrupt(_))));
    };
    undone(store, &|tx| tx.hdr_put(0, b"extra").unwrap());
    undone(store, &|tx| tx.hdr_put(3, b"extra").unwrap());
    undone(store, &|tx| tx.man_put(513, &row(1, b"extra")).unwrap());
    undone(store, &|tx| tx.man_del(0).unwrap());
    shape(store).unwrap();
}

fn rows_are_counted(store: &mut dyn Backend) {
    write(store, |tx| {
        (0..40).for_each(|n| tx.obj_put(&[n; 16], &row(1, b"x")).unwrap());
        (0..30).for_each(|n| tx.idx_put(&[n; 16], &[n; 16]).unwrap());
        (1..=2).for_each(|k| tx.hdr_put(k, b"x").unwrap());
        (0..=20).for_each(|b| tx.man_put(b, &row(1, b"x")).unwrap());
        (5..=14).for_each(|seq| tx.log_put(&log(seq, b"x")).unwrap());
        let all = Counts {
            hdr: 2,
            obj: 40,
            idx: 30,
            man: 21,
            log: 10,
        };
        assert_eq!(tx.counts(u64::MAX).unwrap(), all);
        assert_eq!(tx.counts(40).unwrap(), all);
        let some = Counts {
            obj: 12,
            idx: 12,
            man: 12,
            ..all
        };
        assert_eq!(tx.counts(12).unwrap(), some, "it stops counting");
    });
}

/// For a store in a file; other backends have no maintenance.
fn upkeep_keeps_every_row(store: &mut dyn Backend) {
    let upkeep = |run: fn(&mut dyn FileStore) -> Result<(), Fault>, store: &mut dyn Backend| {
        store.files().map_or(Ok(()), run).unwrap();
    };
    upkeep(|files| files.bulk(true), store);
    write(store, |tx| {
        (0..40).for_each(|n| tx.obj_put(&[n; 16], &row(1, &[n; 900])).unwrap());
    });
    upkeep(|files| files.bulk(false), store);
    write(store, |tx| {
        (0..39).for_each(|n| tx.obj_del(&[n; 16]).unwrap());
    });
    upkeep(|files| files.checkpoint(), store);
    upkeep(|files| files.compact(), store);
    let tx = store.begin(Mode::Read).unwrap();
    assert_eq!(
        objects(tx.as_ref(), [0; 16], [255; 16]),
        [([39; 16], row(1, &[39; 900]))]
    );
}
