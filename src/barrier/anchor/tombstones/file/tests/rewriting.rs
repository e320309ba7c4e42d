//! The file is written anew without what nobody needs, and nobody loses an entry by it.

use super::{TestFile, at, id, said};
use crate::barrier::anchor::tombstones::file::*;

/// More than enough to be rewritten, all about one record, and then what is about others.
fn filled(others: &[Tombstone]) -> TestFile {
    let held = TestFile::new();
    let slack = usize::try_from(SLACK).unwrap();
    held.record(1, &vec![Tombstone::password_changed(id(1)); slack + 1]);
    held.record(2, others);
    held
}

#[test]
fn the_file_is_rewritten_without_what_nobody_needs() {
    let held = filled(&[
        Tombstone::revoked(id(2), Some(at(50))),
        Tombstone::revoked(id(3), Some(at(51))),
        Tombstone::suspended(id(4), Some(at(50))),
        Tombstone::suspended(id(5), None),
        Tombstone::resumed(id(6)),
        Tombstone::unblocked(id(7)),
        Tombstone::deleted(id(8)),
        Tombstone::suspended(id(8), None),
        Tombstone::blocked(id(8)),
    ]);
    held.file.compact(held.key(), at(50)).unwrap();
    let tombstones = held.read();
    let said: Vec<_> = (1..=8).map(|n| said(&tombstones, n, 0)).collect();
    assert_eq!(
        said,
        ["password", "", "ended", "", "suspended", "", "", "ended"]
    );
    assert_eq!(held.entries(), 4);
    held.record(3, &[Tombstone::revoked(id(9), None)]);
    assert_eq!(held.entries(), 5, "it can be added to");
    assert!(held.read().of(id(9)).has_ended() && held.read().of(id(3)).has_ended());
}

#[test]
fn a_few_more_entries_are_no_reason_to_rewrite() {
    let held = TestFile::new();
    held.record(1, &[Tombstone::resumed(id(1)); 10]);
    held.file.compact(held.key(), at(50)).unwrap();
    assert_eq!(held.entries(), 10);
    let held = filled(&[]);
    held.file.compact(held.key(), at(50)).unwrap();
    assert_eq!(held.entries(), 1);
    held.record(2, &vec![Tombstone::resumed(id(1)); 1000]);
    held.file.compact(held.key(), at(50)).unwrap();
    assert_eq!(held.entries(), 1001);
}

#[test]
fn a_token_that_had_a_later_end_once_is_remembered_for_as_long() {
    // Replaced, so that it ends at 10 instead of 90; revoked before that.
    let held = filled(&[
        Tombstone::replaced(id(2), Some(at(10)), Some(at(90))),
        Tombstone::revoked(id(2), Some(at(10))),
        Tombstone::replaced(id(3), Some(at(10)), Some(at(90))),
        Tombstone::replaced(id(3), Some(at(40)), Some(at(40))),
    ]);
    held.file.compact(held.key(), at(50)).unwrap();
    let tombstones = held.read();
    assert!(
        tombstones.of(id(2)).has_ended(),
        "a backup may hold it with its former end"
    );
    assert_eq!(tombstones.of(id(3)).end(0), Some(at(40)));
    let held = filled(&[
        Tombstone::replaced(id(2), Some(at(10)), Some(at(40))),
        Tombstone::revoked(id(2), Some(at(10))),
    ]);
    held.file.compact(held.key(), at(50)).unwrap();
    assert!(
        !held.read().of(id(2)).has_ended(),
        "its time is over in every backup"
    );
}

#[test]
fn damage_is_not_rewritten_out_of_sight() {
    let held = filled(&[]);
    let mut bytes = held.bytes();
    bytes[HEAD + 5] ^= 1;
    fs::write(&held.file.0, &bytes).unwrap();
    held.file.compact(held.key(), at(50)).unwrap();
    assert_eq!(held.bytes(), bytes);
}

#[test]
fn who_waits_while_the_file_is_rewritten_adds_to_the_new_one() {
    let held = filled(&[]);
    let old = held.file.locked().unwrap();
    assert!(held.file.is_current(&old).unwrap());
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| held.record(3, &[Tombstone::revoked(id(2), None)]));
        write_whole(&held.file.0, &head(0)).unwrap();
        assert!(
            !held.file.is_current(&old).unwrap(),
            "it would be added to a file without a name"
        );
        drop(old);
        waiting.join().unwrap();
    });
    assert!(held.read().of(id(2)).has_ended());
    assert_eq!(held.entries(), 1);
}

#[test]
fn the_file_is_rewritten_once_more_was_added_than_it_may_have_to_spare() {
    let held = TestFile::new();
    let slack = usize::try_from(SLACK).unwrap();
    held.record(1, &vec![Tombstone::resumed(id(1)); slack]);
    held.file.compact(held.key(), at(50)).unwrap();
    assert_eq!(held.entries(), slack);
    held.record(2, &[Tombstone::resumed(id(1))]);
    held.file.compact(held.key(), at(50)).unwrap();
    assert_eq!(held.entries(), 0);
}

#[test]
fn a_rewritten_file_does_not_say_what_ended_first() {
    let ends: Vec<_> = (1..=40).map(|n| Tombstone::deleted(id(n))).collect();
    let held = filled(&ends);
    held.file.compact(held.key(), at(50)).unwrap();
    let bytes = held.bytes();
    let entries = bytes[HEAD..].as_chunks::<ENTRY>().0;
    let names: Vec<_> = entries.iter().map(|entry| &entry[1..33]).collect();
    assert_eq!(names.len(), 40);
    assert!(names.is_sorted());
}

/// A longer suspension that was lifted matters to no backup, since the lifting is newer.
#[test]
fn only_an_end_is_kept_for_the_longest_time_that_it_was_given() {
    let held = filled(&[
        Tombstone::revoked(id(2), Some(at(90))),
        Tombstone::revoked(id(2), Some(at(10))),
        Tombstone::suspended(id(3), Some(at(90))),
        Tombstone::suspended(id(3), Some(at(10))),
    ]);
    held.file.compact(held.key(), at(50)).unwrap();
    assert!(held.read().of(id(2)).has_ended());
    assert_eq!(held.entries(), 2, "the password and the end");
}
