//! Statements with typed parameters, and reading their rows.

use tokio_postgres::Row as SqlRow;
use tokio_postgres::types::{FromSql, ToSql, Type};

use super::fault::{corrupt, too_long};
use crate::backend::{Fault, LONGEST, Row};

/// The rows of each statement of a flight.
pub(super) type Answers = Vec<Vec<SqlRow>>;

/// A statement and its parameters. It is sent unnamed, so that any pooler can stand between.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) parameters: Vec<Parameter>,
}

/// A parameter.
#[derive(Debug, Clone)]
pub(super) enum Parameter {
    Bytes(Vec<u8>),
    Number(i64),
    Text(String),
    AllBytes(Vec<Vec<u8>>),
    Numbers(Vec<i64>),
}

impl Statement {
    /// A statement without parameters.
    pub(super) fn plain(sql: impl Into<String>) -> Self {
        Self::with(sql, [])
    }

    pub(super) fn with(
        sql: impl Into<String>,
        parameters: impl IntoIterator<Item = Parameter>,
    ) -> Self {
        Self {
            sql: sql.into(),
            parameters: parameters.into_iter().collect(),
        }
    }
}

impl Parameter {
    /// The value and its type, as the client wants them.
    pub(super) fn typed(&self) -> (&(dyn ToSql + Sync), Type) {
        match self {
            Self::Bytes(bytes) => (bytes, Type::BYTEA),
            Self::Number(number) => (number, Type::INT8),
            Self::Text(text) => (text, Type::TEXT),
            Self::AllBytes(all) => (all, Type::BYTEA_ARRAY),
            Self::Numbers(numbers) => (numbers, Type::INT8_ARRAY),
        }
    }
}

/// Reads column `at`. Another type, or NULL, is a table of another shape.
pub(super) fn column<'a, T: FromSql<'a>>(row: &'a SqlRow, at: usize) -> Result<T, Fault> {
    row.try_get(at)
        .map_err(|_| corrupt("a column has the wrong type"))
}

/// A number that is not negative and fits `N`.
pub(super) fn natural<N: TryFrom<i64>>(row: &SqlRow, at: usize) -> Result<N, Fault> {
    let number: i64 = column(row, at)?;
    number
        .try_into()
        .map_err(|_| corrupt("a number is out of range"))
}

/// A key of `obj` or `idx`.
pub(super) fn key(row: &SqlRow, at: usize) -> Result<[u8; 16], Fault> {
    let bytes: &[u8] = column(row, at)?;
    bytes
        .try_into()
        .map_err(|_| corrupt("a key has the wrong length"))
}

/// A value that is not longer than a store can hold.
pub(super) fn blob(row: &SqlRow, at: usize) -> Result<Vec<u8>, Fault> {
    fitting(column(row, at)?).map(<[u8]>::to_vec)
}

/// The columns `kid` and `ct`, from `at` on.
pub(super) fn sealed(row: &SqlRow, at: usize) -> Result<Row, Fault> {
    Ok(Row {
        kid: natural(row, at)?,
        sealed: blob(row, at + 1)?,
    })
}

/// Refuses to write what would be refused when read.
pub(super) fn fitting(bytes: &[u8]) -> Result<&[u8], Fault> {
    if bytes.len() <= LONGEST {
        Ok(bytes)
    } else {
        Err(too_long())
    }
}

/// A name as it stands in SQL, in quotes.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
