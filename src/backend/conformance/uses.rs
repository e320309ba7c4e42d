//! Last uses, of storage that keeps them apart ([`Backend::uses`]); of other storage there are none.

use super::rows::{object, row, write};
use crate::backend::{Backend, Mode, ObjId, Row, Transaction};

fn id(n: u8) -> ObjId {
    [n; 16]
}

fn of(tx: &dyn Transaction, ids: &[ObjId]) -> Vec<(ObjId, Row)> {
    let mut found = Vec::new();
    tx.uses_of(ids, &mut |id, row| {
        found.push((id, row));
        Ok(())
    })
    .unwrap();
    found.sort_by_key(|(id, _)| *id);
    found
}

fn between(tx: &dyn Transaction, first: ObjId, last: ObjId) -> Vec<(ObjId, Row)> {
    let mut found = Vec::new();
    tx.use_range(&first, &last, &mut |id, row| {
        found.push((id, row));
        Ok(())
    })
    .unwrap();
    found
}

/// Sets last uses, and returns what there was of them.
fn set(store: &mut dyn Backend, rows: &[(u8, &[u8])]) -> Vec<(ObjId, Row)> {
    let ids: Vec<_> = rows.iter().map(|(n, _)| id(*n)).collect();
    let mut found = Vec::new();
    let uses = store.uses().unwrap();
    uses.change(&ids, &mut |there| {
        found = there.rows;
        let set = rows.iter().map(|(n, text)| (id(*n), row(7, text)));
        set.collect()
    })
    .unwrap();
    found.sort_by_key(|(id, _)| *id);
    found
}

/// A store with a root and the objects 1 to 4; whether it keeps last uses apart.
fn prepare(store: &mut dyn Backend) -> bool {
    write(store, |tx| {
        tx.man_put(0, &row(1, &[9; 40])).unwrap();
        for n in 1..=4 {
            tx.obj_put(&id(n), &row(1, b"object")).unwrap();
        }
    });
    store.uses().is_some()
}

pub(super) fn last_uses_are_read_as_they_were_set(store: &mut dyn Backend) {
    if !prepare(store) {
        let tx = store.begin(Mode::Read).unwrap();
        assert_eq!(of(&*tx, &[id(1)]), []);
        assert_eq!(between(&*tx, [0; 16], [255; 16]), []);
        return;
    }
    assert_eq!(set(store, &[(1, b"a"), (3, b"c"), (4, b"d")]), []);
    let before = set(store, &[(3, b"later"), (2, b"b")]);
    assert_eq!(before, [(id(3), row(7, b"c"))]);
    let tx = store.begin(Mode::Read).unwrap();
    let all = [
        (id(1), row(7, b"a")),
        (id(2), row(7, b"b")),
        (id(3), row(7, b"later")),
        (id(4), row(7, b"d")),
    ];
    assert_eq!(between(&*tx, [0; 16], [255; 16]), all);
    assert_eq!(between(&*tx, id(2), id(3)), all[1..3]);
    assert_eq!(between(&*tx, id(3), id(2)), []);
    assert_eq!(
        of(&*tx, &[id(4), id(9), id(1)]),
        [all[0].clone(), all[3].clone()]
    );
    assert_eq!(of(&*tx, &[]), []);
    drop(tx);
    let mut root = None;
    let uses = store.uses().unwrap();
    uses.change(&[id(1)], &mut |there| {
        root = there.root;
        Vec::new()
    })
    .unwrap();
    assert_eq!(root, Some(row(1, &[9; 40])));
    let tx = store.begin(Mode::Read).unwrap();
    assert_eq!(of(&*tx, &[id(1)]), all[..1], "nothing was set");
}

pub(super) fn only_objects_that_exist_have_last_uses(store: &mut dyn Backend) {
    if prepare(store) {
        set(store, &[(1, b"a"), (99, b"z")]);
        let tx = store.begin(Mode::Read).unwrap();
        assert_eq!(between(&*tx, [0; 16], [255; 16]), [(id(1), row(7, b"a"))]);
    }
}

pub(super) fn a_last_use_goes_with_its_object(store: &mut dyn Backend) {
    if prepare(store) {
        set(store, &[(1, b"a"), (2, b"b")]);
        let mut tx = store.begin(Mode::Write).unwrap();
        tx.obj_del(&id(1)).unwrap();
        drop(tx);
        let tx = store.begin(Mode::Read).unwrap();
        assert_eq!(of(&*tx, &[id(1), id(2)]).len(), 2, "it was rolled back");
        drop(tx);
        write(store, |tx| tx.obj_del(&id(1)).unwrap());
        let tx = store.begin(Mode::Read).unwrap();
        assert_eq!(of(&*tx, &[id(1), id(2)]), [(id(2), row(7, b"b"))]);
    }
}

pub(super) fn changing_last_uses_changes_nothing_else(store: &mut dyn Backend) {
    if prepare(store) {
        let version = store.version().unwrap();
        set(store, &[(1, b"a")]);
        assert_eq!(store.version().unwrap(), version);
        let tx = store.begin(Mode::Read).unwrap();
        assert_eq!(object(&*tx, id(1)), Some(row(1, b"object")));
        let counts = tx.counts(100).unwrap();
        assert_eq!((counts.obj, counts.log), (4, 0));
    }
}

pub(super) fn last_uses_wait_for_no_writer(one: &mut dyn Backend, other: &mut dyn Backend) {
    if prepare(one) {
        let mut tx = one.begin(Mode::Write).unwrap();
        tx.obj_put(&id(1), &row(1, b"changed")).unwrap();
        set(other, &[(1, b"a"), (2, b"b")]);
        tx.commit().unwrap();
        let tx = one.begin(Mode::Read).unwrap();
        assert_eq!(of(&*tx, &[id(1), id(2)]).len(), 2);
        assert_eq!(object(&*tx, id(1)), Some(row(1, b"changed")));
    }
}

pub(super) fn a_reader_keeps_the_last_uses_of_its_snapshot(
    one: &mut dyn Backend,
    other: &mut dyn Backend,
) {
    if prepare(one) {
        set(other, &[(1, b"a")]);
        let tx = one.begin(Mode::Read).unwrap();
        assert_eq!(of(&*tx, &[id(1)]), [(id(1), row(7, b"a"))]);
        set(other, &[(1, b"later"), (2, b"b")]);
        let all = between(&*tx, [0; 16], [255; 16]);
        assert_eq!(all, [(id(1), row(7, b"a"))]);
    }
}
