//! T05: an attacker with SQL, against the file.

use proptest::prelude::*;
use rusqlite::Connection;

use super::attack_store::{AttackStore, unchanged};

/// Edits that must all be noticed, whatever they were made for.
const EDITS: &[&str] = &[
    "DELETE FROM hdr WHERE k = 1",
    "DELETE FROM hdr WHERE k = 2",
    "DELETE FROM hdr",
    "INSERT INTO hdr VALUES (3, x'00')",
    "UPDATE hdr SET v = x''",
    "UPDATE hdr SET v = zeroblob(20000) WHERE k = 1",
    "UPDATE hdr SET v = (SELECT v FROM hdr WHERE k = 2) WHERE k = 1",
    "UPDATE hdr SET v = (SELECT v FROM hdr WHERE k = 1) WHERE k = 2",
    "UPDATE hdr SET v = v || x'00' WHERE k = 1",
    "UPDATE hdr SET v = v || x'00' WHERE k = 2",
    "UPDATE hdr SET v = substr(v, 1, length(v) - 1) WHERE k = 1",
    "UPDATE hdr SET v = substr(v, 1, length(v) - 1) WHERE k = 2",
    "DELETE FROM obj",
    "DELETE FROM obj WHERE rowid_free IS NULL",
    "DELETE FROM obj WHERE id = (SELECT min(id) FROM obj)",
    "DELETE FROM obj WHERE id = (SELECT max(id) FROM obj)",
    "UPDATE obj SET kid = kid + 1",
    "UPDATE obj SET kid = 0",
    "UPDATE obj SET kid = -1",
    "UPDATE obj SET kid = 9223372036854775807",
    "UPDATE obj SET ct = x''",
    "UPDATE obj SET ct = zeroblob(100)",
    "UPDATE obj SET ct = (SELECT ct FROM obj ORDER BY id LIMIT 1)",
    "UPDATE obj SET ct = ct || x'00'",
    "UPDATE obj SET ct = substr(ct, 2)",
    "UPDATE obj SET ct = (SELECT ct FROM man WHERE b = 0)",
    "UPDATE obj SET ct = (SELECT ct FROM log WHERE seq = 1)",
    "INSERT INTO obj SELECT randomblob(16), kid, ct FROM obj",
    "INSERT INTO obj VALUES (zeroblob(16), 1, zeroblob(200))",
    "DELETE FROM idx",
    "UPDATE idx SET id = (SELECT id FROM obj ORDER BY id LIMIT 1)",
    "UPDATE idx SET id = zeroblob(16)",
    "DELETE FROM man WHERE b = 0",
    "DELETE FROM man WHERE b > 0",
    "DELETE FROM man",
    "UPDATE man SET ct = (SELECT ct FROM man WHERE b = 0)",
    "UPDATE man SET ct = x'' WHERE b = 0",
    "UPDATE man SET ct = zeroblob(length(ct)) WHERE b > 0",
    "UPDATE man SET kid = kid + 1",
    "INSERT INTO man VALUES (513, 6, zeroblob(100))",
    "INSERT INTO man VALUES (-1, 6, zeroblob(100))",
    "UPDATE man SET b = b + 1 WHERE b = (SELECT max(b) FROM man)",
    "CREATE TABLE more(x)",
    "CREATE INDEX more ON obj(kid)",
    "CREATE VIEW more AS SELECT * FROM obj",
    "CREATE TRIGGER more AFTER INSERT ON obj BEGIN DELETE FROM log; END",
    "DROP TABLE log",
    "DROP TABLE hdr",
    "ALTER TABLE obj RENAME TO jbo",
    "ALTER TABLE obj ADD COLUMN more",
    "ALTER TABLE log RENAME COLUMN ct TO tc",
];

#[test]
fn every_edit_is_noticed() {
    let lab = AttackStore::new();
    let (whole, truth) = (lab.bytes(), lab.answer().unwrap());
    let mut made = 0;
    for edit in EDITS {
        lab.put(&whole);
        let connection = Connection::open(lab.path()).unwrap();
        let done = connection.execute_batch(edit);
        drop(connection);
        if done.is_ok() {
            made += 1;
            let noticed = unchanged(&truth, lab.answer(), edit);
            assert!(noticed || lab.check().is_err(), "{edit} went unnoticed");
        }
    }
    assert!(
        made * 10 > EDITS.len() * 8,
        "the premise: the edits are possible; {made} were"
    );
}

/// A column of a table, and how its rows are named.
fn cell() -> impl Strategy<Value = (&'static str, &'static str, &'static str)> {
    prop_oneof![
        Just(("hdr", "k", "v")),
        Just(("obj", "id", "ct")),
        Just(("idx", "h", "id")),
        Just(("man", "b", "ct")),
        Just(("log", "seq", "ct")),
    ]
}

#[test]
fn random_edits_never_change_an_answer() {
    let lab = AttackStore::new();
    let (whole, truth) = (lab.bytes(), lab.answer().unwrap());
    let config = ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..Default::default()
    };
    proptest!(config, |((table, key, column) in cell(), row in any::<u32>(), at in any::<u16>(), byte in any::<u8>(), how in 0..3u8)| {
        lab.put(&whole);
        let connection = Connection::open(lab.path()).unwrap();
        let rows: u32 = connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0)).unwrap();
        let pick = format!("{key} = (SELECT {key} FROM {table} LIMIT 1 OFFSET {})", row % rows);
        let value: Vec<u8> = connection.query_row(&format!("SELECT {column} FROM {table} WHERE {pick}"), [], |r| r.get(0)).unwrap();
        let mut changed = value.clone();
        let at = usize::from(at) % changed.len();
        match how {
            0 => changed[at] = byte,
            1 => changed.truncate(at),
            _ => changed.insert(at, byte),
        }
        let sql = format!("UPDATE {table} SET {column} = ?1 WHERE {pick}");
        let done = connection.execute(&sql, [&changed]);
        drop(connection);
        if done.is_ok() && changed != value {
            unchanged(&truth, lab.answer(), &sql);
        }
    });
}
