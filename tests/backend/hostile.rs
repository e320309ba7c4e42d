//! Files that are not what a store is (T04, and what T05 leaves to the schema).

use hallpass::backend::sqlite::{Journal, PINNED};
use hallpass::backend::{Backend, Fault, Mode};

use super::Fixture;

#[test]
fn the_schema_is_pinned_byte_for_byte() {
    let store = Fixture::new();
    let connection = rusqlite::Connection::open(&store.path).unwrap();
    let mut statement = connection
        .prepare("SELECT name, sql FROM sqlite_schema")
        .unwrap();
    let found: Vec<(String, String)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let expected = [
        (
            "hdr",
            "CREATE TABLE hdr(k INTEGER PRIMARY KEY, v BLOB NOT NULL) STRICT",
        ),
        (
            "idx",
            "CREATE TABLE idx(h BLOB PRIMARY KEY CHECK(length(h)=16), id BLOB NOT NULL CHECK(length(id)=16)) STRICT, WITHOUT ROWID",
        ),
        (
            "log",
            "CREATE TABLE log(seq INTEGER PRIMARY KEY, kid INTEGER NOT NULL, ct BLOB NOT NULL) STRICT",
        ),
        (
            "man",
            "CREATE TABLE man(b INTEGER PRIMARY KEY, kid INTEGER NOT NULL, ct BLOB NOT NULL) STRICT",
        ),
        (
            "obj",
            "CREATE TABLE obj(id BLOB PRIMARY KEY CHECK(length(id)=16), kid INTEGER NOT NULL, ct BLOB NOT NULL) STRICT, WITHOUT ROWID",
        ),
    ];
    assert_eq!(PINNED, expected);
    assert_eq!(
        found,
        expected.map(|(name, sql)| (name.to_owned(), sql.to_owned()))
    );
}

#[test]
fn a_store_of_another_shape_is_refused() {
    for attack in [
        "CREATE TABLE extra(x)",
        "CREATE VIEW v AS SELECT 1",
        "CREATE TRIGGER t AFTER INSERT ON hdr BEGIN SELECT 1; END",
        "CREATE INDEX i ON log(kid)",
        "ANALYZE",
        "DROP TABLE log",
        "DROP TABLE obj; CREATE TABLE obj(id BLOB PRIMARY KEY, kid INTEGER, ct BLOB)",
        "DROP TABLE man; CREATE VIEW man AS SELECT 0 b, 1 kid, x'' ct",
        "ALTER TABLE log ADD COLUMN x BLOB",
        "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql=sql||' ' WHERE name='obj'",
        "PRAGMA writable_schema=ON; DELETE FROM sqlite_schema WHERE name='idx'",
        "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql=NULL WHERE name='obj'",
        "INSERT INTO hdr VALUES(0, x'00')",
        "INSERT INTO hdr VALUES(3, x'00')",
        "INSERT INTO hdr VALUES(-1, x'00')",
        "DELETE FROM hdr WHERE k=2",
        "DELETE FROM hdr",
        "INSERT INTO man VALUES(513, 1, x'00')",
        "INSERT INTO man VALUES(-1, 1, x'00')",
        "DELETE FROM man WHERE b=0",
        "DELETE FROM hdr; DELETE FROM man",
    ] {
        let store = Fixture::new();
        store.check().unwrap();
        store.sql(attack);
        assert!(matches!(store.check(), Err(Fault::Corrupt(_))), "{attack}");
    }
}

#[test]
fn values_of_another_type_or_length_are_refused_when_read() {
    let store = Fixture::new();
    store.sql(
        "PRAGMA ignore_check_constraints=ON;
         UPDATE obj SET id=x'01' WHERE id=x'01010101010101010101010101010101';
         UPDATE idx SET id=x'' WHERE h=x'02020202020202020202020202020202';
         UPDATE obj SET kid=-1 WHERE id=x'03030303030303030303030303030303';
         UPDATE obj SET kid=4294967296 WHERE id=x'04040404040404040404040404040404';
         UPDATE obj SET ct=zeroblob(1048617) WHERE id=x'05050505050505050505050505050505';
         UPDATE obj SET ct=zeroblob(9000000) WHERE id=x'06060606060606060606060606060606';
         INSERT INTO log VALUES(-5, 1, x'')",
    );
    let mut backend = store.open().unwrap();
    let tx = backend.begin(Mode::Read).unwrap();
    let entry = tx.idx_range(&[2; 16], &[2; 16], &mut |_, _| Ok(()));
    assert!(matches!(entry, Err(Fault::Corrupt(_))));
    let object = |id| tx.obj_range(&[id; 16], &[id; 16], &mut |_, _| Ok(()));
    for id in 3..=4 {
        assert!(matches!(object(id), Err(Fault::Corrupt(_))), "{id}");
    }
    for id in 5..=6 {
        assert!(matches!(object(id), Err(Fault::Damaged(_))), "{id}");
    }
    let ids = tx.obj_range(&[1; 16], &[2; 16], &mut |_, _| Ok(()));
    assert!(ids.is_ok(), "the short key sorts before this range");
    let ids = tx.obj_range(&[0; 16], &[2; 16], &mut |_, _| Ok(()));
    assert!(matches!(ids, Err(Fault::Corrupt(_))));
    assert!(matches!(tx.log_bounds(), Err(Fault::Corrupt(_))));
}

/// The types of the columns lie in the schema text only; a file may hold others.
#[test]
fn text_where_bytes_belong_is_refused_when_read() {
    let store = Fixture::new();
    store.sql(
        "PRAGMA writable_schema=ON;
         UPDATE sqlite_schema SET sql='CREATE TABLE hdr(k INTEGER PRIMARY KEY, v)' WHERE name='hdr'",
    );
    store.sql("UPDATE hdr SET v='text' WHERE k=1; UPDATE hdr SET v=NULL WHERE k=2");
    store.sql(&format!(
        "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql='{}' WHERE name='hdr'",
        PINNED[0].1
    ));
    store.check().unwrap();
    let mut backend = store.open().unwrap();
    let tx = backend.begin(Mode::Read).unwrap();
    assert!(matches!(tx.hdr_get(1), Err(Fault::Corrupt(_))));
    assert!(matches!(tx.hdr_get(2), Err(Fault::Corrupt(_))));
}

#[test]
fn a_truncated_file_is_refused() {
    for journal in [Journal::Wal, Journal::Portable] {
        let store = Fixture::with(journal);
        let whole = std::fs::read(&store.path).unwrap();
        store.check().unwrap();
        let ends = (0..=120).chain((120..whole.len()).step_by(331));
        for end in ends.chain((1..8).map(|pages| whole.len() - pages * 4096)) {
            std::fs::write(&store.path, &whole[..end]).unwrap();
            assert!(
                matches!(store.check(), Err(Fault::Corrupt(_))),
                "{end} of {}",
                whole.len()
            );
        }
    }
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let store = Fixture::new();
    let whole = std::fs::read(&store.path).unwrap();
    for content in [vec![0; 8192], b"x".repeat(4096), whole[4096..].to_vec()] {
        std::fs::write(&store.path, content).unwrap();
        assert!(matches!(store.check(), Err(Fault::Corrupt(_))));
    }
}
