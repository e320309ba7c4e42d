//! What is announced is read as it would be without.

use super::rows::{entries, index, log, object, objects, row, write};
use crate::backend::{Backend, Mode, Transaction, Want};

const ALL: ([u8; 16], [u8; 16]) = ([0; 16], [u8::MAX; 16]);

/// A read transaction, and one that writes, with everything announced at once, or one by one.
pub(super) fn what_is_fetched_is_read_as_without(store: &mut dyn Backend) {
    write(store, |tx| {
        tx.hdr_put(1, b"header").unwrap();
        tx.man_put(0, &row(1, b"root")).unwrap();
        tx.man_put(8, &row(4, b"manifest")).unwrap();
        tx.obj_put(&[7; 16], &row(3, b"object")).unwrap();
        tx.obj_put(&[9; 16], &row(3, b"another")).unwrap();
        tx.idx_put(&[8; 16], &[7; 16]).unwrap();
        // It names what is not there.
        tx.idx_put(&[6; 16], &[5; 16]).unwrap();
        tx.log_put(&log(1, b"entry")).unwrap();
    });
    let wants = [
        Want::Named([8; 16]),
        Want::Named([6; 16]),
        Want::Named([4; 16]),
        Want::Index([8; 16], [8; 16]),
        Want::Objects([9; 16], [9; 16]),
        Want::Man(8),
        Want::Man(300),
        Want::Log(1, u64::MAX),
        Want::Hdr(1),
    ];
    for mode in [Mode::Read, Mode::Write, Mode::WriteIfFree] {
        let tx = store.begin_fetching(mode, &wants).unwrap();
        check(tx.as_ref());
        tx.fetch(&wants).unwrap();
        check(tx.as_ref());
        drop(tx);
        let tx = store.begin(mode).unwrap();
        for want in &wants {
            tx.fetch(std::slice::from_ref(want)).unwrap();
        }
        check(tx.as_ref());
    }
    let tx = store.begin_optimistic(&wants).unwrap();
    check(tx.as_ref());
}

fn check(tx: &dyn Transaction) {
    assert_eq!(object(tx, [7; 16]), Some(row(3, b"object")));
    assert_eq!(object(tx, [9; 16]), Some(row(3, b"another")));
    assert_eq!(object(tx, [5; 16]), None);
    assert_eq!(objects(tx, ALL.0, ALL.1).len(), 2);
    assert_eq!(index(tx, ALL.0, ALL.1).len(), 2);
    assert_eq!(tx.man_get(8).unwrap(), Some(row(4, b"manifest")));
    assert_eq!(tx.man_get(300).unwrap(), None);
    assert_eq!(tx.hdr_get(1).unwrap().as_deref(), Some(&b"header"[..]));
    assert_eq!(entries(tx, 1, u64::MAX), [log(1, b"entry")]);
}
