//! The statements. Each is parsed once for a connection; what comes back is checked for type and
//! length, because the file may hold anything.

use rusqlite::types::ValueRef;
use rusqlite::{Params, Row as SqlRow};

use super::fault::{corrupt, sqlite};
use super::link::Link;
use super::schema;
use crate::backend::{Fault, IdxKey, LogRow, Mode, ObjId, Row, Transaction};

/// The longest value a store holds: a frame of 1 MiB, its overhead, and room.
const LONGEST: usize = 2 << 20;

/// A transaction on a connection; undone when dropped.
pub(super) struct SqliteTransaction<'a> {
    link: &'a mut Link,
    mode: Mode,
}

impl<'a> SqliteTransaction<'a> {
    pub(super) fn begin(link: &'a mut Link, mode: Mode) -> Result<Self, Fault> {
        match mode {
            Mode::Read => link.run_cached("BEGIN")?,
            Mode::Write => link.begin_write()?,
            Mode::WriteIfFree => link.begin_write_if_free()?,
        }
        Ok(Self { link, mode })
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

    fn each(
        &self,
        sql: &str,
        range: impl Params,
        visit: &mut dyn FnMut(&SqlRow<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut statement = self.link.connection.prepare_cached(sql).map_err(sqlite)?;
        let mut rows = statement.query(range).map_err(sqlite)?;
        while let Some(row) = rows.next().map_err(sqlite)? {
            visit(row)?;
        }
        Ok(())
    }

    /// Runs a statement that writes; how many rows it changed.
    fn change(&self, sql: &str, values: impl Params) -> Result<usize, Fault> {
        if self.mode == Mode::Read {
            return Err(Fault::ReadOnly("this transaction only reads".into()));
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
            _ => Err(corrupt("a row that should be there is not")),
        }
    }
}

impl Transaction for SqliteTransaction<'_> {
    fn check_shape(&self) -> Result<(), Fault> {
        schema::check(&self.link.connection)
    }

    fn hdr_get(&self, k: u8) -> Result<Option<Vec<u8>>, Fault> {
        self.one("SELECT v FROM hdr WHERE k = ?1", [k], |row| blob(row, 0))
    }

    fn hdr_put(&mut self, k: u8, v: &[u8]) -> Result<(), Fault> {
        let sql = "INSERT OR REPLACE INTO hdr(k, v) VALUES (?1, ?2)";
        self.change_one(sql, (k, fitting(v)?))
    }

    fn obj_get(&self, id: &ObjId) -> Result<Option<Row>, Fault> {
        self.one("SELECT kid, ct FROM obj WHERE id = ?1", [id], |row| sealed(row, 0))
    }

    fn obj_range(
        &self,
        first: &ObjId,
        last: &ObjId,
        visit: &mut dyn FnMut(ObjId, Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let sql = "SELECT id, kid, ct FROM obj WHERE id BETWEEN ?1 AND ?2 ORDER BY id";
        self.each(sql, [first, last], &mut |row| visit(key(row, 0)?, sealed(row, 1)?))
    }

    fn obj_put(&mut self, id: &ObjId, row: &Row) -> Result<(), Fault> {
        let sql = "INSERT OR REPLACE INTO obj(id, kid, ct) VALUES (?1, ?2, ?3)";
        self.change_one(sql, (id, row.kid, fitting(&row.sealed)?))
    }

    fn obj_add(&mut self, id: &ObjId, row: &Row) -> Result<(), Fault> {
        let sql = "INSERT INTO obj(id, kid, ct) VALUES (?1, ?2, ?3)";
        self.change_one(sql, (id, row.kid, fitting(&row.sealed)?))
    }

    fn obj_del(&mut self, id: &ObjId) -> Result<(), Fault> {
        self.change_one("DELETE FROM obj WHERE id = ?1", [id])
    }

    fn idx_get(&self, h: &IdxKey) -> Result<Option<ObjId>, Fault> {
        self.one("SELECT id FROM idx WHERE h = ?1", [h], |row| key(row, 0))
    }

    fn idx_range(
        &self,
        first: &IdxKey,
        last: &IdxKey,
        visit: &mut dyn FnMut(IdxKey, ObjId) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let sql = "SELECT h, id FROM idx WHERE h BETWEEN ?1 AND ?2 ORDER BY h";
        self.each(sql, [first, last], &mut |row| visit(key(row, 0)?, key(row, 1)?))
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
        self.one("SELECT kid, ct FROM man WHERE b = ?1", [b], |row| sealed(row, 0))
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
        let Ok(first) = i64::try_from(first) else { return Ok(()) };
        let last = i64::try_from(last).unwrap_or(i64::MAX);
        let sql = "SELECT seq, kid, ct FROM log WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq";
        self.each(sql, [first, last], &mut |row| {
            visit(LogRow { seq: natural(row, 0)?, row: sealed(row, 1)? })
        })
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
        let seq = i64::try_from(*seq).map_err(|_| corrupt("a log number is too large"))?;
        let sql = "INSERT INTO log(seq, kid, ct) VALUES (?1, ?2, ?3)";
        self.change_one(sql, (seq, row.kid, fitting(&row.sealed)?))
    }

    fn log_prune(&mut self, last: u64) -> Result<(), Fault> {
        let last = i64::try_from(last).unwrap_or(i64::MAX);
        self.change("DELETE FROM log WHERE seq <= ?1", [last]).map(drop)
    }

    fn counts(&self) -> Result<(u64, u64), Fault> {
        let sql = "SELECT (SELECT count(*) FROM obj), (SELECT count(*) FROM idx)";
        self.one(sql, [], |row| Ok((natural(row, 0)?, natural(row, 1)?)))?
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
        // SQLite ended it already after a commit, and after some failures.
        if !self.link.connection.is_autocommit() {
            let _ = self.link.run_cached("ROLLBACK");
        }
    }
}

/// Refuses to write what would be refused when read.
fn fitting(bytes: &[u8]) -> Result<&[u8], Fault> {
    if bytes.len() <= LONGEST { Ok(bytes) } else { Err(corrupt("a value is too long")) }
}

fn sealed(row: &SqlRow<'_>, at: usize) -> Result<Row, Fault> {
    Ok(Row { kid: number(row, at)?, sealed: blob(row, at + 1)? })
}

fn blob(row: &SqlRow<'_>, at: usize) -> Result<Vec<u8>, Fault> {
    match row.get_ref(at).map_err(sqlite)? {
        ValueRef::Blob(bytes) => fitting(bytes).map(<[u8]>::to_vec),
        _ => Err(corrupt("a value is not of bytes")),
    }
}

fn key(row: &SqlRow<'_>, at: usize) -> Result<[u8; 16], Fault> {
    match row.get_ref(at).map_err(sqlite)? {
        ValueRef::Blob(bytes) => {
            bytes.try_into().map_err(|_| corrupt("a key has another length than it should"))
        }
        _ => Err(corrupt("a key is not of bytes")),
    }
}

fn natural(row: &SqlRow<'_>, at: usize) -> Result<u64, Fault> {
    number(row, at)
}

fn number<N: TryFrom<i64>>(row: &SqlRow<'_>, at: usize) -> Result<N, Fault> {
    match row.get_ref(at).map_err(sqlite)? {
        ValueRef::Integer(value) => {
            value.try_into().map_err(|_| corrupt("a number is out of range"))
        }
        _ => Err(corrupt("a number is of another type")),
    }
}
