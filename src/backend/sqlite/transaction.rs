//! The statements. Each is parsed once for a connection; every value read is checked for type and
//! length, because the file may hold anything.

use rusqlite::types::ValueRef;
use rusqlite::{Params, Row as SqlRow};

use super::fault::{corrupt, sqlite, too_long};
use super::link::Link;
use super::schema;
use super::store_file::StoreFile;
use crate::backend::{Counts, Fault, IdxKey, LONGEST, LogRow, Mode, ObjId, Row, Transaction};

/// The caller's overhead for each object, in bytes. It counts against the budget, so that a file of
/// many tiny rows cannot exhaust memory either.
const UPKEEP: u64 = 256;

/// A transaction on a connection; rolled back when dropped.
pub(super) struct SqliteTransaction<'a> {
    link: &'a mut Link,
    mode: Mode,
    /// Limit on the total bytes of the rows of a range: the size of the files plus what was written
    /// since. In a damaged file, thousands of rows can share the same pages.
    budget: u64,
}

impl<'a> SqliteTransaction<'a> {
    /// Begins on the file at `store_file`, after comparing its schema.
    pub(super) fn begin(
        link: &'a mut Link,
        store_file: &StoreFile,
        mode: Mode,
    ) -> Result<Self, Fault> {
        match mode {
            Mode::Read => link.run_cached("BEGIN")?,
            Mode::Write => link.begin_write()?,
            Mode::WriteIfFree => link.begin_write_if_free()?,
        }
        let mut begun = Self {
            link,
            mode,
            budget: 0,
        };
        begun.link.compare_schema()?;
        // After the snapshot was taken, so that everything it contains is in the files.
        begun.budget = store_file.size()?;
        Ok(begun)
    }

    pub(super) fn connection(&self) -> &rusqlite::Connection {
        &self.link.connection
    }

    fn one<T>(
        &self,
        sql: &str,
        key: impl Params,
        read: impl FnOnce(&SqlRow<'_>) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        let mut statement = self.link.connection.prepare_cached(sql).map_err(sqlite)?;
        let mut rows = statement.query(key).map_err(sqlite)?;
        rows.next().map_err(sqlite)?.map(read).transpose()
    }

    /// Visits each row as decoded by `read`, which also returns the bytes that it counts for.
    fn each<T>(
        &self,
        sql: &str,
        range: impl Params,
        read: impl Fn(&SqlRow<'_>) -> Result<(T, u64), Fault>,
        visit: &mut dyn FnMut(T) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut statement = self.link.connection.prepare_cached(sql).map_err(sqlite)?;
        let mut rows = statement.query(range).map_err(sqlite)?;
        let mut budget = self.budget;
        while let Some(row) = rows.next().map_err(sqlite)? {
            let (found, size) = read(row)?;
            budget = budget.checked_sub(size).ok_or_else(too_many)?;
            visit(found)?;
        }
        Ok(())
    }

    /// Runs a writing statement; returns the number of changed rows.
    fn change(&self, sql: &str, values: impl Params) -> Result<usize, Fault> {
        if self.mode == Mode::Read {
            return Err(Fault::ReadOnly("this transaction is read-only".into()));
        }
        self.link
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(values))
            .map_err(sqlite)
    }

    fn change_one(&self, sql: &str, values: impl Params) -> Result<(), Fault> {
        match self.change(sql, values)? {
            1 => Ok(()),
            _ => Err(corrupt("a row is missing")),
        }
    }
}

impl Transaction for SqliteTransaction<'_> {
    fn check_shape(&self) -> Result<(), Fault> {
        schema::check_keys(&self.link.connection)
    }

    fn hdr_get(&self, k: u8) -> Result<Option<Vec<u8>>, Fault> {
        self.one("SELECT v FROM hdr WHERE k = ?1", [k], |row| blob(row, 0))
    }

    fn hdr_put(&mut self, k: u8, v: &[u8]) -> Result<(), Fault> {
        let sql = "INSERT OR REPLACE INTO hdr(k, v) VALUES (?1, ?2)";
        self.change_one(sql, (k, fitting(v)?))
    }

    fn obj_range(
        &self,
        first: &ObjId,
        last: &ObjId,
        visit: &mut dyn FnMut(ObjId, Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let sql = "SELECT id, kid, ct FROM obj WHERE id BETWEEN ?1 AND ?2 ORDER BY id";
        let read = |row: &SqlRow<'_>| {
            let found = (key(row, 0)?, sealed(row, 1)?);
            let size = length(&found.1) + UPKEEP;
            Ok((found, size))
        };
        self.each(sql, [first, last], read, &mut |(id, row)| visit(id, row))
    }

    fn obj_put(&mut self, id: &ObjId, row: &Row) -> Result<(), Fault> {
        self.budget += length(row) + UPKEEP;
        let sql = "INSERT OR REPLACE INTO obj(id, kid, ct) VALUES (?1, ?2, ?3)";
        self.change_one(sql, (id, row.kid, fitting(&row.sealed)?))
    }

    fn obj_add(&mut self, id: &ObjId, row: &Row) -> Result<(), Fault> {
        self.budget += length(row) + UPKEEP;
        let sql = "INSERT INTO obj(id, kid, ct) VALUES (?1, ?2, ?3)";
        self.change_one(sql, (id, row.kid, fitting(&row.sealed)?))
    }

    fn obj_del(&mut self, id: &ObjId) -> Result<(), Fault> {
        self.change_one("DELETE FROM obj WHERE id = ?1", [id])
    }

    fn idx_range(
        &self,
        first: &IdxKey,
        last: &IdxKey,
        visit: &mut dyn FnMut(IdxKey, ObjId) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let sql = "SELECT h, id FROM idx WHERE h BETWEEN ?1 AND ?2 ORDER BY h";
        // Entries are summed as they arrive and not kept, so they do not count.
        let read = |row: &SqlRow<'_>| Ok(((key(row, 0)?, key(row, 1)?), 0));
        self.each(sql, [first, last], read, &mut |(h, id)| visit(h, id))
    }

    fn idx_put(&mut self, h: &IdxKey, id: &ObjId) -> Result<(), Fault> {
        self.change_one("INSERT OR REPLACE INTO idx(h, id) VALUES (?1, ?2)", [h, id])
    }

    fn idx_add(&mut self, h: &IdxKey, id: &ObjId) -> Result<(), Fault> {
        self.change_one("INSERT INTO idx(h, id) VALUES (?1, ?2)", [h, id])
    }

    fn idx_del(&mut self, h: &IdxKey) -> Result<(), Fault> {
        self.change_one("DELETE FROM idx WHERE h = ?1", [h])
    }

    fn man_get(&self, b: u16) -> Result<Option<Row>, Fault> {
        self.one("SELECT kid, ct FROM man WHERE b = ?1", [b], |row| {
            sealed(row, 0)
        })
    }

    fn man_put(&mut self, b: u16, row: &Row) -> Result<(), Fault> {
        let sql = "INSERT OR REPLACE INTO man(b, kid, ct) VALUES (?1, ?2, ?3)";
        self.change_one(sql, (b, row.kid, fitting(&row.sealed)?))
    }

    fn man_del(&mut self, b: u16) -> Result<(), Fault> {
        self.change_one("DELETE FROM man WHERE b = ?1", [b])
    }

    fn log_range(
        &self,
        first: u64,
        last: u64,
        visit: &mut dyn FnMut(LogRow) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let Ok(first) = i64::try_from(first) else {
            return Ok(());
        };
        let last = i64::try_from(last).unwrap_or(i64::MAX);
        let sql = "SELECT seq, kid, ct FROM log WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq";
        let read = |row: &SqlRow<'_>| {
            let found = LogRow {
                seq: natural(row, 0)?,
                row: sealed(row, 1)?,
            };
            let size = length(&found.row);
            Ok((found, size))
        };
        self.each(sql, [first, last], read, visit)
    }

    fn log_bounds(&self) -> Result<Option<(u64, u64)>, Fault> {
        let sql = "SELECT (SELECT min(seq) FROM log), (SELECT max(seq) FROM log)";
        let bounds = self.one(sql, [], |row| match row.get_ref(0).map_err(sqlite)? {
            ValueRef::Null => Ok(None),
            _ => Ok(Some((natural(row, 0)?, natural(row, 1)?))),
        })?;
        Ok(bounds.flatten())
    }

    fn log_put(&mut self, row: &LogRow) -> Result<(), Fault> {
        let LogRow { seq, row } = row;
        self.budget += length(row);
        let seq = i64::try_from(*seq).map_err(|_| corrupt("a log number is too large"))?;
        let sql = "INSERT INTO log(seq, kid, ct) VALUES (?1, ?2, ?3)";
        self.change_one(sql, (seq, row.kid, fitting(&row.sealed)?))
    }

    fn log_prune(&mut self, last: u64) -> Result<(), Fault> {
        let last = i64::try_from(last).unwrap_or(i64::MAX);
        self.change("DELETE FROM log WHERE seq <= ?1", [last])
            .map(drop)
    }

    fn counts(&self, most: u64) -> Result<Counts, Fault> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let sql = "SELECT
            (SELECT count(*) FROM (SELECT 1 FROM hdr LIMIT ?1)),
            (SELECT count(*) FROM (SELECT 1 FROM obj LIMIT ?1)),
            (SELECT count(*) FROM (SELECT 1 FROM idx LIMIT ?1)),
            (SELECT count(*) FROM (SELECT 1 FROM man LIMIT ?1)),
            (SELECT count(*) FROM (SELECT 1 FROM log LIMIT ?1))";
        let read = |row: &SqlRow<'_>| {
            let [hdr, obj, idx, man, log] = [0, 1, 2, 3, 4].map(|column| natural(row, column));
            Ok(Counts {
                hdr: hdr?,
                obj: obj?,
                idx: idx?,
                man: man?,
                log: log?,
            })
        };
        self.one(sql, [most], read)?
            .ok_or_else(|| corrupt("the rows cannot be counted"))
    }

    fn commit(self: Box<Self>) -> Result<(), Fault> {
        match self.mode {
            Mode::Read => self.link.run_cached("COMMIT"),
            Mode::Write | Mode::WriteIfFree => self.link.commit_write(),
        }
    }
}

impl Drop for SqliteTransaction<'_> {
    fn drop(&mut self) {
        // SQLite has already ended it after a commit, and after some failures.
        if !self.link.connection.is_autocommit() {
            let _ = self.link.run_cached("ROLLBACK");
        }
    }
}

/// Refuses to write what would be refused when read.
fn fitting(bytes: &[u8]) -> Result<&[u8], Fault> {
    if bytes.len() <= LONGEST {
        Ok(bytes)
    } else {
        Err(too_long())
    }
}

fn length(row: &Row) -> u64 {
    row.sealed.len() as u64
}

fn too_many() -> Fault {
    Fault::Damaged("its rows are longer in total than the file".into())
}

fn sealed(row: &SqlRow<'_>, at: usize) -> Result<Row, Fault> {
    Ok(Row {
        kid: number(row, at)?,
        sealed: blob(row, at + 1)?,
    })
}

fn blob(row: &SqlRow<'_>, at: usize) -> Result<Vec<u8>, Fault> {
    match row.get_ref(at).map_err(sqlite)? {
        ValueRef::Blob(bytes) => fitting(bytes).map(<[u8]>::to_vec),
        _ => Err(corrupt("a value is not a blob")),
    }
}

fn key(row: &SqlRow<'_>, at: usize) -> Result<[u8; 16], Fault> {
    match row.get_ref(at).map_err(sqlite)? {
        ValueRef::Blob(bytes) => bytes
            .try_into()
            .map_err(|_| corrupt("a key has the wrong length")),
        _ => Err(corrupt("a key is not a blob")),
    }
}

fn natural(row: &SqlRow<'_>, at: usize) -> Result<u64, Fault> {
    number(row, at)
}

fn number<N: TryFrom<i64>>(row: &SqlRow<'_>, at: usize) -> Result<N, Fault> {
    match row.get_ref(at).map_err(sqlite)? {
        ValueRef::Integer(value) => value
            .try_into()
            .map_err(|_| corrupt("a number is out of range")),
        _ => Err(corrupt("a number has the wrong type")),
    }
}
