//! What two connections to one store see of each other.

use super::rows::{counts, object, row, write};
use super::{uses, versions};
use crate::backend::{Backend, Fault, Mode, Transaction, Want};

/// Makes an empty store and opens it twice.
pub type MakePair<'a> = dyn FnMut() -> (Box<dyn Backend>, Box<dyn Backend>) + 'a;

/// Runs every test that needs two connections.
pub fn run_pairs(make: &mut MakePair<'_>) {
    for test in [
        a_commit_is_seen_by_the_next_transaction,
        a_reader_keeps_its_snapshot,
        there_is_one_writer,
        an_optimistic_writer_that_is_too_late_changes_nothing,
        versions::a_commit_of_another_changes_the_version,
        versions::what_another_rolls_back_leaves_the_version,
        uses::last_uses_wait_for_no_writer,
        uses::a_reader_keeps_the_last_uses_of_its_snapshot,
    ] {
        let (mut one, mut other) = make();
        test(one.as_mut(), other.as_mut());
    }
}

fn a_commit_is_seen_by_the_next_transaction(one: &mut dyn Backend, other: &mut dyn Backend) {
    for n in 1..=3 {
        write(one, |tx| tx.obj_put(&[n; 16], &row(1, b"x")).unwrap());
        let [objects, _] = counts(other.begin(Mode::Read).unwrap().as_ref());
        assert_eq!(objects, u64::from(n));
    }
}

fn a_reader_keeps_its_snapshot(one: &mut dyn Backend, other: &mut dyn Backend) {
    let snapshot = one.begin(Mode::Read).unwrap();
    assert_eq!(counts(snapshot.as_ref()), [0, 0]);
    write(other, |tx| tx.obj_put(&[1; 16], &row(1, b"x")).unwrap());
    assert_eq!(counts(snapshot.as_ref()), [0, 0]);
    assert_eq!(object(snapshot.as_ref(), [1; 16]), None);
    snapshot.commit().unwrap();
    assert_eq!(counts(one.begin(Mode::Read).unwrap().as_ref()), [1, 0]);
}

fn there_is_one_writer(one: &mut dyn Backend, other: &mut dyn Backend) {
    let mut first = one.begin(Mode::Write).unwrap();
    assert!(matches!(other.begin(Mode::Write), Err(Fault::Busy)));
    first.obj_put(&[1; 16], &row(1, b"x")).unwrap();
    assert_eq!(
        counts(other.begin(Mode::Read).unwrap().as_ref()),
        [0, 0],
        "readers go on"
    );
    first.commit().unwrap();
    write(other, |tx| tx.obj_del(&[1; 16]).unwrap());
}

/// Either the second has to wait, or one of the two is told that it was not the first.
fn an_optimistic_writer_that_is_too_late_changes_nothing(
    one: &mut dyn Backend,
    other: &mut dyn Backend,
) {
    let change = |tx: &mut dyn Transaction, n: u8| {
        tx.man_put(0, &row(1, &[n; 40])).unwrap();
        tx.obj_put(&[n; 16], &row(1, b"x")).unwrap();
    };
    write(one, |tx| change(tx, 1));
    let mut first = one.begin_optimistic(&[Want::Man(7)]).unwrap();
    change(&mut *first, 2);
    let is_first = match other.begin_optimistic(&[]) {
        Err(fault) => {
            assert!(matches!(fault, Fault::Busy));
            true
        }
        Ok(mut second) => {
            change(&mut *second, 3);
            second.commit().unwrap();
            false
        }
    };
    let committed = first.commit();
    assert!(if is_first {
        committed.is_ok()
    } else {
        matches!(committed, Err(Fault::Conflict))
    });
    let tx = other.begin(Mode::Read).unwrap();
    let [objects, _] = counts(tx.as_ref());
    assert_eq!(objects, 2);
    let winner = if is_first { 2 } else { 3 };
    assert!(object(tx.as_ref(), [winner; 16]).is_some());
}
