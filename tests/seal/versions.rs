//! T32: what a newer hallpass wrote is refused or only read, and not a byte of it is touched.

use hallpass::Kind;
use hallpass::barrier::State;
use hallpass::ops::token;

use super::attack_store::AttackStore;

/// Where a field of the header lies.
const MAJOR: usize = 8;
const INCOMPAT: usize = 12;
const SUITE: usize = 20;
const SLOTS: usize = 22;

/// Writes a header that says something else, as a newer program or an attacker would.
fn with(lab: &AttackStore, at: usize, value: &[u8]) -> Vec<u8> {
    let connection = rusqlite::Connection::open(lab.path()).unwrap();
    let mut header: Vec<u8> = connection
        .query_row("SELECT v FROM hdr WHERE k = 1", [], |row| row.get(0))
        .unwrap();
    header[at..at + value.len()].copy_from_slice(value);
    connection
        .execute("UPDATE hdr SET v = ?1 WHERE k = 1", [header])
        .unwrap();
    connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    drop(connection);
    lab.sweep();
    lab.bytes()
}

#[track_caller]
fn refused(at: usize, value: &[u8], expected: Kind) {
    let lab = AttackStore::new();
    let before = with(&lab, at, value);
    let error = lab.open_with(&State::off()).err().expect("it opened");
    assert_eq!(error.kind(), expected, "{at}: {value:?}: {error}");
    assert_eq!(lab.bytes(), before, "{at}: {value:?} was touched");
}

#[test]
fn another_major_version_is_refused() {
    for major in [0u16, 2, 3, 255, 256, 0xffff] {
        refused(MAJOR, &major.to_le_bytes(), Kind::NewerFormat);
    }
}

#[test]
fn an_unknown_feature_is_refused() {
    // The first says that the store was moved.
    for bit in (1..32).step_by(5) {
        refused(INCOMPAT, &(1u32 << bit).to_le_bytes(), Kind::NewerFormat);
    }
}

#[test]
fn an_unknown_suite_is_refused() {
    for suite in [0u16, 2, 0xffff] {
        refused(SUITE, &suite.to_le_bytes(), Kind::NewerFormat);
    }
}

#[test]
fn a_header_that_only_claims_to_be_newer_or_moved_is_damage() {
    // Minor version and read-only features are under the MAC, which an attacker cannot make.
    refused(10, &1u16.to_le_bytes(), Kind::Integrity);
    refused(16, &1u32.to_le_bytes(), Kind::Integrity);
    // Nor can one who has no key make it look moved.
    refused(INCOMPAT, &1u32.to_le_bytes(), Kind::Integrity);
}

#[test]
fn an_impossible_number_of_slots_is_refused() {
    refused(SLOTS, &0u16.to_le_bytes(), Kind::Corrupt);
    refused(SLOTS, &17u16.to_le_bytes(), Kind::Corrupt);
    refused(SLOTS, &2u16.to_le_bytes(), Kind::Integrity);
}

#[test]
fn the_format_is_what_the_document_says() {
    let lab = AttackStore::new();
    let mut core = lab.open().unwrap();
    assert_eq!(hallpass::barrier::FORMAT, 1);
    let draft = token::Draft::new("sync".parse().unwrap(), "z".parse().unwrap());
    token::issue_many(&mut core, &[draft]).unwrap();
    drop(core);
    let bytes = lab.bytes();
    assert!(bytes.starts_with(b"SQLite format 3\0"));
}
