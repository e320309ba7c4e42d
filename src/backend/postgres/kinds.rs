//! The five tables: their columns, and how their rows are read and written.

use tokio_postgres::Row as SqlRow;

use super::fault::corrupt;
use super::statement::{Parameter, Statement, blob, key, natural, sealed};
use crate::backend::{Fault, IdxKey, ObjId, Row};

/// The most rows that one statement returns or sends.
pub(super) const CHUNK: usize = 5_000;

/// A table of a store.
pub(super) trait Kind {
    /// The type of its key.
    type Key: Copy + Ord;
    /// The rest of a row.
    type Value: Clone;
    /// Its name, and that of its key.
    const NAME: (&'static str, &'static str);
    /// The other columns, and the types of their arrays.
    const COLUMNS: &'static [(&'static str, &'static str)];
    /// The type of an array of keys.
    const KEYS: &'static str;

    /// Keys as a parameter.
    fn keys(keys: &[Self::Key]) -> Result<Parameter, Fault>;
    /// The other columns, as a parameter each.
    fn values(values: &[Self::Value]) -> Vec<Parameter>;
    /// A single key as a parameter. A number beyond the column's type becomes its largest.
    fn bound(key: Self::Key) -> Parameter;
    /// Reads a row.
    fn read(row: &SqlRow) -> Result<(Self::Key, Self::Value), Fault>;
    /// The next key, if there is one.
    fn after(key: Self::Key) -> Option<Self::Key>;
}

/// Rows of a table, each with its key.
pub(super) type Rows<T> = Vec<(<T as Kind>::Key, <T as Kind>::Value)>;

/// The header and the keyring.
pub(super) struct Heads;
/// The objects.
pub(super) struct Objects;
/// The index.
pub(super) struct Index;
/// The manifest.
pub(super) struct Manifest;
/// The audit log.
pub(super) struct Log;

const SEALED: &[(&str, &str)] = &[("kid", "bigint[]"), ("ct", "bytea[]")];

/// Selects the rows between two keys, at most [`CHUNK`].
pub(super) fn select<T: Kind>(schema: &str, first: T::Key, last: T::Key) -> Statement {
    let (table, key) = T::NAME;
    let columns = columns::<T>();
    let sql = format!(
        "SELECT {columns} FROM {schema}.{table} WHERE {key} BETWEEN $1 AND $2 ORDER BY {key} LIMIT {CHUNK}"
    );
    Statement::with(sql, [T::bound(first), T::bound(last)])
}

/// Selects the row with the largest key.
pub(super) fn select_last<T: Kind>(schema: &str) -> Statement {
    let (table, key) = T::NAME;
    let columns = columns::<T>();
    let sql = format!("SELECT {columns} FROM {schema}.{table} ORDER BY {key} DESC LIMIT 1");
    Statement::plain(sql)
}

/// Selects all rows, if the store is small.
pub(super) fn select_small<T: Kind>(schema: &str, condition: &str) -> Statement {
    let (table, key) = T::NAME;
    let columns = columns::<T>();
    let sql = format!("SELECT {columns} FROM {schema}.{table} WHERE {condition} ORDER BY {key}");
    Statement::plain(sql)
}

/// Inserts rows. One that exists is replaced, or an error.
pub(super) fn insert<T: Kind>(
    schema: &str,
    keys: &[T::Key],
    values: &[T::Value],
    existing: Existing,
) -> Result<Statement, Fault> {
    let (table, key) = T::NAME;
    let types: Vec<_> = std::iter::once(T::KEYS)
        .chain(T::COLUMNS.iter().map(|(_, kind)| *kind))
        .zip(1..)
        .map(|(kind, n)| format!("${n}::{kind}"))
        .collect();
    let mut sql = format!(
        "INSERT INTO {schema}.{table}({}) SELECT * FROM unnest({})",
        columns::<T>(),
        types.join(", ")
    );
    if existing == Existing::Replaced {
        let sets: Vec<_> = T::COLUMNS
            .iter()
            .map(|(name, _)| format!("{name} = excluded.{name}"))
            .collect();
        sql.extend([" ON CONFLICT (", key, ") DO UPDATE SET ", &sets.join(", ")]);
    }
    let mut parameters = vec![T::keys(keys)?];
    parameters.extend(T::values(values));
    Ok(Statement::with(sql, parameters))
}

/// What happens to a row that exists when it is inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Existing {
    /// It is replaced.
    Replaced,
    /// The statement fails.
    Refused,
}

/// Deletes rows. With [`Missing::Refused`] the statement fails unless all of them exist: a number is
/// divided by zero then, because that undoes the transaction without another flight.
pub(super) fn delete<T: Kind>(
    schema: &str,
    keys: &[T::Key],
    missing: Missing,
) -> Result<Statement, Fault> {
    let (table, key) = T::NAME;
    let gone = format!("DELETE FROM {schema}.{table} WHERE {key} = ANY($1)");
    let all = T::keys(keys)?;
    Ok(match missing {
        Missing::Ignored => Statement::with(gone, [all]),
        Missing::Refused => {
            let count = i64::try_from(keys.len()).unwrap_or(i64::MAX);
            let sql = format!(
                "WITH gone AS ({gone} RETURNING 1) SELECT 1/(count(*) = $2)::int FROM gone"
            );
            Statement::with(sql, [all, Parameter::Number(count)])
        }
    })
}

/// What happens if a row that is deleted does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// Nothing.
    Ignored,
    /// The statement fails.
    Refused,
}

fn columns<T: Kind>() -> String {
    let (_, key) = T::NAME;
    let names: Vec<_> = std::iter::once(key)
        .chain(T::COLUMNS.iter().map(|(name, _)| *name))
        .collect();
    names.join(", ")
}

fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn after_bytes(key: [u8; 16]) -> Option<[u8; 16]> {
    u128::from_be_bytes(key)
        .checked_add(1)
        .map(u128::to_be_bytes)
}

fn sealed_rows(values: &[Row]) -> Vec<Parameter> {
    vec![
        Parameter::Numbers(values.iter().map(|row| row.kid.into()).collect()),
        Parameter::AllBytes(values.iter().map(|row| row.sealed.clone()).collect()),
    ]
}

impl Kind for Heads {
    type Key = u8;
    type Value = Vec<u8>;
    const NAME: (&'static str, &'static str) = ("hdr", "k");
    const COLUMNS: &'static [(&'static str, &'static str)] = &[("v", "bytea[]")];
    const KEYS: &'static str = "bigint[]";

    fn keys(keys: &[u8]) -> Result<Parameter, Fault> {
        Ok(Parameter::Numbers(
            keys.iter().map(|k| i64::from(*k)).collect(),
        ))
    }
    fn values(values: &[Vec<u8>]) -> Vec<Parameter> {
        vec![Parameter::AllBytes(values.to_vec())]
    }
    fn bound(key: u8) -> Parameter {
        Parameter::Number(key.into())
    }
    fn read(row: &SqlRow) -> Result<(u8, Vec<u8>), Fault> {
        Ok((natural(row, 0)?, blob(row, 1)?))
    }
    fn after(key: u8) -> Option<u8> {
        key.checked_add(1)
    }
}

impl Kind for Objects {
    type Key = ObjId;
    type Value = Row;
    const NAME: (&'static str, &'static str) = ("obj", "id");
    const COLUMNS: &'static [(&'static str, &'static str)] = SEALED;
    const KEYS: &'static str = "bytea[]";

    fn keys(keys: &[ObjId]) -> Result<Parameter, Fault> {
        Ok(Parameter::AllBytes(
            keys.iter().map(|id| id.to_vec()).collect(),
        ))
    }
    fn values(values: &[Row]) -> Vec<Parameter> {
        sealed_rows(values)
    }
    fn bound(key: ObjId) -> Parameter {
        Parameter::Bytes(key.to_vec())
    }
    fn read(row: &SqlRow) -> Result<(ObjId, Row), Fault> {
        Ok((key(row, 0)?, sealed(row, 1)?))
    }
    fn after(key: ObjId) -> Option<ObjId> {
        after_bytes(key)
    }
}

impl Kind for Index {
    type Key = IdxKey;
    type Value = ObjId;
    const NAME: (&'static str, &'static str) = ("idx", "h");
    const COLUMNS: &'static [(&'static str, &'static str)] = &[("id", "bytea[]")];
    const KEYS: &'static str = "bytea[]";

    fn keys(keys: &[IdxKey]) -> Result<Parameter, Fault> {
        Objects::keys(keys)
    }
    fn values(values: &[ObjId]) -> Vec<Parameter> {
        vec![Parameter::AllBytes(
            values.iter().map(|id| id.to_vec()).collect(),
        )]
    }
    fn bound(key: IdxKey) -> Parameter {
        Objects::bound(key)
    }
    fn read(row: &SqlRow) -> Result<(IdxKey, ObjId), Fault> {
        Ok((key(row, 0)?, key(row, 1)?))
    }
    fn after(key: IdxKey) -> Option<IdxKey> {
        after_bytes(key)
    }
}

impl Kind for Manifest {
    type Key = u16;
    type Value = Row;
    const NAME: (&'static str, &'static str) = ("man", "b");
    const COLUMNS: &'static [(&'static str, &'static str)] = SEALED;
    const KEYS: &'static str = "bigint[]";

    fn keys(keys: &[u16]) -> Result<Parameter, Fault> {
        Ok(Parameter::Numbers(
            keys.iter().map(|b| i64::from(*b)).collect(),
        ))
    }
    fn values(values: &[Row]) -> Vec<Parameter> {
        sealed_rows(values)
    }
    fn bound(key: u16) -> Parameter {
        Parameter::Number(key.into())
    }
    fn read(row: &SqlRow) -> Result<(u16, Row), Fault> {
        Ok((natural(row, 0)?, sealed(row, 1)?))
    }
    fn after(key: u16) -> Option<u16> {
        key.checked_add(1)
    }
}

impl Kind for Log {
    type Key = u64;
    type Value = Row;
    const NAME: (&'static str, &'static str) = ("log", "seq");
    const COLUMNS: &'static [(&'static str, &'static str)] = SEALED;
    const KEYS: &'static str = "bigint[]";

    fn keys(keys: &[u64]) -> Result<Parameter, Fault> {
        let numbers: Result<Vec<i64>, _> = keys.iter().map(|seq| i64::try_from(*seq)).collect();
        let numbers = numbers.map_err(|_| corrupt("a log number is too large"))?;
        Ok(Parameter::Numbers(numbers))
    }
    fn values(values: &[Row]) -> Vec<Parameter> {
        sealed_rows(values)
    }
    fn bound(key: u64) -> Parameter {
        Parameter::Number(number(key))
    }
    fn read(row: &SqlRow) -> Result<(u64, Row), Fault> {
        Ok((natural(row, 0)?, sealed(row, 1)?))
    }
    fn after(key: u64) -> Option<u64> {
        key.checked_add(1)
    }
}
