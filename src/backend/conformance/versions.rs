//! [`Backend::version`]: whether anything was committed since an earlier call.

use super::rows::{row, write};
use crate::backend::{Backend, Mode, Transaction};

/// A change like each of the barrier's: the root gets another nonce.
fn change(tx: &mut dyn Transaction, n: u8) {
    tx.obj_put(&[1; 16], &row(n.into(), b"x")).unwrap();
    tx.man_put(0, &row(1, &[n; 40])).unwrap();
}

/// Every single commit counts: cached answers depend on equal versions.
pub(super) fn a_commit_of_its_own_changes_the_version(store: &mut dyn Backend) {
    let mut seen = vec![store.version().unwrap()];
    for n in 1..=3 {
        write(store, |tx| change(tx, n));
        let version = store.version().unwrap();
        assert!(!seen.contains(&version), "commit {n}");
        seen.push(version);
    }
    let mut tx = store.begin(Mode::WriteIfFree).unwrap();
    change(tx.as_mut(), 9);
    tx.commit().unwrap();
    assert!(
        !seen.contains(&store.version().unwrap()),
        "a write that does not wait"
    );
}

pub(super) fn reading_and_rolling_back_leave_the_version(store: &mut dyn Backend) {
    write(store, |tx| change(tx, 1));
    let version = store.version().unwrap();
    assert_eq!(store.version().unwrap(), version, "asked twice");
    drop(store.begin(Mode::Read).unwrap());
    store.begin(Mode::Read).unwrap().commit().unwrap();
    assert_eq!(store.version().unwrap(), version, "after reading");
    let mut tx = store.begin(Mode::Write).unwrap();
    change(tx.as_mut(), 7);
    drop(tx);
    assert_eq!(
        store.version().unwrap(),
        version,
        "after a transaction that was rolled back"
    );
}

pub(super) fn a_commit_of_another_changes_the_version(
    one: &mut dyn Backend,
    other: &mut dyn Backend,
) {
    let mut seen = vec![one.version().unwrap()];
    for n in 1..=3 {
        write(other, |tx| change(tx, n));
        let version = one.version().unwrap();
        assert!(!seen.contains(&version), "commit {n}");
        assert_eq!(one.version().unwrap(), version, "nothing since");
        seen.push(version);
    }
}

pub(super) fn what_another_rolls_back_leaves_the_version(
    one: &mut dyn Backend,
    other: &mut dyn Backend,
) {
    write(other, |tx| change(tx, 1));
    let version = one.version().unwrap();
    let mut tx = other.begin(Mode::Write).unwrap();
    change(tx.as_mut(), 7);
    assert_eq!(one.version().unwrap(), version, "before it ends");
    drop(tx);
    other.begin(Mode::Read).unwrap().commit().unwrap();
    assert_eq!(one.version().unwrap(), version);
}
