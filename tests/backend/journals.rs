//! Journals that somebody left beside a file, and a schema that changes under an open store.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use hallpass::backend::sqlite::{Journal, SqliteBackend};
use hallpass::backend::{Backend, Fault, FileStore as _, Mode};

use super::{Fixture, folder, objects, options, put, row};
use crate::support::alone;

const MAGIC: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];

/// A journal that is played in and then has `named` removed, as `SQLite` wrote them for a change of
/// several files; older ones do not look at the name.
fn naming(named: &Path) -> Vec<u8> {
    let mut journal = MAGIC.to_vec();
    for number in [0_u32, 0, 0, 512, 4096] {
        journal.extend_from_slice(&number.to_be_bytes());
    }
    journal.resize(512, 0);
    let name = named.as_os_str().as_encoded_bytes();
    let sum: u32 = name.iter().map(|byte| u32::from(*byte)).sum();
    journal.extend_from_slice(&1_048_577_u32.to_be_bytes());
    journal.extend_from_slice(name);
    journal.extend_from_slice(&u32::try_from(name.len()).unwrap().to_be_bytes());
    journal.extend_from_slice(&sum.to_be_bytes());
    journal.extend_from_slice(&MAGIC);
    journal
}

fn place(store: &Fixture, bytes: &[u8]) -> PathBuf {
    let path = store.beside("-journal");
    fs::write(&path, bytes).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    path
}

#[test]
fn a_journal_that_names_another_file_is_refused_and_nothing_is_touched() {
    for journal in [Journal::Wal, Journal::Portable] {
        let store = Fixture::with(journal);
        let (named, before) = (
            store.dir.path().join("precious"),
            fs::read(&store.path).unwrap(),
        );
        fs::write(&named, "precious").unwrap();
        for bytes in [
            naming(&named),
            MAGIC.to_vec(),
            [&[7; 100][..], &MAGIC].concat(),
        ] {
            let left = place(&store, &bytes);
            let opened = store.open().map(drop);
            assert!(
                matches!(opened, Err(Fault::Corrupt(_))),
                "{journal:?}: {opened:?}"
            );
            assert_eq!(fs::read(left).unwrap(), bytes, "it was not played in");
            assert_eq!(fs::read(&store.path).unwrap(), before);
            assert!(named.exists());
        }
    }
}

#[test]
fn a_rollback_journal_is_taken_beside_a_store_that_has_one_alone() {
    let bytes = [MAGIC.to_vec(), vec![0; 504]].concat();
    let (wal, portable) = (Fixture::new(), Fixture::with(Journal::Portable));
    for store in [&wal, &portable] {
        place(store, &bytes);
    }
    assert!(matches!(wal.open().map(drop), Err(Fault::Corrupt(_))));
    assert_eq!(
        fs::read(wal.beside("-journal")).unwrap(),
        bytes,
        "it was not played in"
    );
    assert_eq!(objects(&mut portable.open().unwrap()), 20);
    // One that is empty holds nothing.
    place(&wal, b"");
    assert_eq!(objects(&mut wal.open().unwrap()), 20);
}

#[test]
fn what_a_kill_left_of_a_change_is_taken_back() {
    let store = Fixture::with(Journal::Portable);
    let killed = folder();
    let connection = rusqlite::Connection::open(&store.path).unwrap();
    // Pages go to the file before the change is whole.
    connection
        .execute_batch("PRAGMA cache_size=1; BEGIN; UPDATE obj SET kid=2")
        .unwrap();
    connection
        .execute_batch("UPDATE obj SET ct=zeroblob(9000)")
        .unwrap();
    for suffix in ["", "-journal"] {
        let to = killed.path().join(format!("store.db{suffix}"));
        fs::copy(store.beside(suffix), &to).unwrap();
        fs::set_permissions(to, Permissions::from_mode(0o600)).unwrap();
    }
    let path = killed.path().join("store.db");
    assert_ne!(fs::read(&path).unwrap().len(), 0);
    let mut after = SqliteBackend::open(&path, &options()).unwrap();
    let tx = after.begin(Mode::Read).unwrap();
    let mut found = Vec::new();
    let read = tx.obj_range(&[0; 16], &[255; 16], &mut |_, row| {
        found.push(row);
        Ok(())
    });
    read.unwrap();
    assert_eq!(found, (0..20).map(|n| row(&[n; 400])).collect::<Vec<_>>());
}

/// To look at a file is to open it, and to close it again drops this process's locks on it.
#[test]
fn looking_at_a_journal_keeps_the_locks_of_a_writer() {
    let store = Fixture::with(Journal::Portable);
    let mut writer = store.open().unwrap();
    let mut tx = writer.begin(Mode::Write).unwrap();
    tx.obj_put(&[99; 16], &row(&vec![9; 40_000])).unwrap();
    assert!(
        fs::metadata(store.beside("-journal")).unwrap().len() > 0,
        "the premise"
    );
    drop(store.open().unwrap());
    let mut command = alone::test(module_path!(), "is_busy");
    command.env("HALLPASS_TEST_STORE", &store.path);
    alone::passes(command, "another process");
    tx.commit().unwrap();
    assert_eq!(objects(&mut store.open().unwrap()), 21);
}

#[test]
#[ignore = "run by the test above"]
#[expect(clippy::disallowed_methods, reason = "set by the test above")]
fn is_busy() {
    let path = PathBuf::from(std::env::var_os("HALLPASS_TEST_STORE").unwrap());
    let mut store = SqliteBackend::open(&path, &options()).unwrap();
    assert!(matches!(store.begin(Mode::Write), Err(Fault::Busy)));
}

#[test]
fn a_schema_that_changes_meanwhile_is_found_by_the_next_transaction() {
    for attack in [
        "CREATE TABLE extra(x)",
        "CREATE INDEX i ON log(kid)",
        "DROP TABLE log",
    ] {
        for mode in [Mode::Read, Mode::Write, Mode::WriteIfFree] {
            let store = Fixture::new();
            let mut backend = store.open().unwrap();
            put(&mut backend, 30, b"x").unwrap();
            store.sql(attack);
            let begun = backend.begin(mode).map(drop);
            assert!(
                matches!(begun, Err(Fault::Corrupt(_))),
                "{attack}, {mode:?}: {begun:?}"
            );
            let again = backend.begin(mode).map(drop);
            assert!(
                matches!(again, Err(Fault::Corrupt(_))),
                "{attack}, {mode:?}, again"
            );
        }
    }
}

/// Without another cookie it changes nothing: an open store goes by what it has compared.
#[test]
fn a_schema_that_changes_unannounced_changes_nothing() {
    let store = Fixture::new();
    let mut backend = store.open().unwrap();
    put(&mut backend, 30, b"x").unwrap();
    store.sql(
        "PRAGMA writable_schema=ON;
         UPDATE sqlite_schema SET type='view', rootpage=0, sql='CREATE VIEW obj AS SELECT 1 id, 2 kid, 3 ct'
         WHERE name='obj'",
    );
    assert_eq!(objects(&mut backend), 21);
    put(&mut backend, 31, b"x").unwrap();
    assert_eq!(objects(&mut backend), 22);
    assert!(
        matches!(store.check(), Err(Fault::Corrupt(_))),
        "whoever opens it sees it"
    );
}

#[test]
fn a_store_that_was_compacted_meanwhile_is_the_same() {
    let store = Fixture::new();
    let (mut one, mut other) = (store.open().unwrap(), store.open().unwrap());
    put(&mut one, 30, b"x").unwrap();
    other.compact().unwrap();
    put(&mut one, 31, b"x").unwrap();
    assert_eq!(objects(&mut other), 22);
}
