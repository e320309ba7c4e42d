//! The pinned schema: five tables and nothing else.

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::fault::{corrupt, sqlite};
use crate::backend::Fault;

/// Name and SQL of every table, exactly as in `sqlite_schema`, in the order of their creation.
pub const PINNED: [(&str, &str); 5] = [
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

/// `HPS1`, for programs like `file(1)`; not trusted.
const APPLICATION_ID: i32 = 0x4850_5331;

/// Creates the five tables in an empty file.
pub(super) fn create(connection: &Connection) -> Result<(), Fault> {
    let mut sql =
        format!("BEGIN IMMEDIATE; PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version=1;");
    for (_, table) in PINNED {
        sql.push_str(table);
        sql.push(';');
    }
    sql.push_str("COMMIT");
    connection.execute_batch(&sql).map_err(sqlite)
}

/// Compares every row of `sqlite_schema` with [`PINNED`].
pub(super) fn check_tables(connection: &Connection) -> Result<(), Fault> {
    let mut statement = connection
        .prepare_cached("SELECT type, name, tbl_name, sql FROM sqlite_schema")
        .map_err(sqlite)?;
    let mut rows = statement.query([]).map_err(sqlite)?;
    for (name, text) in PINNED {
        let row = rows
            .next()
            .map_err(sqlite)?
            .ok_or_else(|| corrupt("a table is missing"))?;
        for (column, expected) in ["table", name, name, text].into_iter().enumerate() {
            let found = row.get_ref(column).map_err(sqlite)?;
            if found != ValueRef::Text(expected.as_bytes()) {
                return Err(corrupt("its tables are not those of a store"));
            }
        }
    }
    match rows.next().map_err(sqlite)? {
        None => Ok(()),
        Some(_) => Err(corrupt("it has more than the tables of a store")),
    }
}

/// Checks the keys of `hdr` and `man`, both integer primary keys. `man` may have many rows, so only
/// its smallest and largest keys are read.
pub(super) fn check_keys(connection: &Connection) -> Result<(), Fault> {
    let header = numbers(connection, "SELECT k FROM hdr LIMIT 3")?;
    let sql = "SELECT (SELECT min(b) FROM man), (SELECT max(b) FROM man)";
    let manifest: [Option<i64>; 2] = connection
        .prepare_cached(sql)
        .and_then(|mut it| it.query_row([], |row| Ok([row.get(0)?, row.get(1)?])))
        .map_err(sqlite)?;
    match (header.as_slice(), manifest) {
        ([1, 2], [Some(0), Some(0..=512)]) => Ok(()),
        ([], [None, None]) => Err(corrupt("it is empty")),
        ([1, 2], _) => Err(corrupt("the rows of table `man` are not those of a store")),
        _ => Err(corrupt("the rows of table `hdr` are not those of a store")),
    }
}

fn numbers(connection: &Connection, sql: &str) -> Result<Vec<i64>, Fault> {
    let mut statement = connection.prepare_cached(sql).map_err(sqlite)?;
    let rows = statement.query_map([], |row| row.get(0)).map_err(sqlite)?;
    rows.collect::<rusqlite::Result<_>>().map_err(sqlite)
}
