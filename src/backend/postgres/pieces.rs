//! What a flight reads, piece by piece.

use tokio_postgres::Row as SqlRow;

use super::kinds::{CHUNK, Heads, Index, Kind, Log, Manifest, Objects, Rows, select, select_last};
use super::statement::{Parameter, Statement, column};
use super::uses;
use crate::backend::{Fault, IdxKey, ObjId, Row, Want};

/// A store that is read whole in the first flight has no more objects, and no more index entries, than
/// this.
const SMALL: [u32; 2] = [2_000, 20_000];

/// A piece of what is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// The root.
    Root(Lock),
    /// The rows of `hdr`.
    Heads,
    /// Which keys `hdr` and `man` have.
    Keys,
    /// Whether the store is small. Comes before the three that depend on it.
    Size,
    /// All objects of a small store.
    SmallObjects,
    /// The whole index of a small store.
    SmallIndex,
    /// The whole manifest of a small store.
    SmallManifest,
    /// A row of the manifest.
    Manifest(u16),
    /// Objects from one id to another.
    Objects(ObjId, ObjId),
    /// Index entries from one key to another.
    Index(IdxKey, IdxKey),
    /// Log rows from one number to another.
    Log(u64, u64),
    /// Last uses from one object to another.
    Uses(ObjId, ObjId),
    /// The newest log row.
    LogEnd,
    /// The objects whose ids start as that which an index entry names.
    NamedObjects(IdxKey),
    /// The row of the manifest for that.
    NamedManifest(IdxKey),
}

/// How the root is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    /// Not at all.
    None,
    /// For the only writer; waits for another.
    Wait,
    /// For the only writer, or not at all.
    NoWait,
}

impl Piece {
    /// What every transaction begins with.
    pub(super) fn first(lock: Lock, writes: bool, is_large: bool) -> Vec<Self> {
        let mut pieces = vec![Self::Root(lock), Self::Heads, Self::Keys];
        if writes {
            // What is written must follow it.
            pieces.push(Self::LogEnd);
        }
        if !is_large {
            pieces.extend([
                Self::Size,
                Self::SmallObjects,
                Self::SmallIndex,
                Self::SmallManifest,
            ]);
        }
        if writes && !is_large {
            // A change reports when what it concerns was last used. Who only reads asks for it if need be.
            pieces.push(Self::Uses([0; 16], [u8::MAX; 16]));
        }
        pieces
    }

    /// The pieces that have what is wanted; none for what the first flight brings.
    pub(super) fn of(want: &Want) -> Vec<Self> {
        match *want {
            Want::Hdr(_) | Want::Man(0) => Vec::new(),
            Want::Man(b) => vec![Self::Manifest(b)],
            Want::Objects(first, last) => vec![Self::Objects(first, last)],
            Want::Index(first, last) => vec![Self::Index(first, last)],
            Want::Log(first, last) => vec![Self::Log(first, last)],
            Want::Named(h) => vec![Self::NamedObjects(h), Self::NamedManifest(h)],
        }
    }

    /// The statement that reads it.
    pub(super) fn statement(self, schema: &str) -> Statement {
        match self {
            Self::Root(lock) => Statement::plain(root(schema, lock)),
            Self::Heads => select::<Heads>(schema, 0, u8::MAX),
            Self::Keys => Statement::plain(format!(
                "SELECT (SELECT count(*) FROM (SELECT 1 FROM {schema}.hdr LIMIT 3) AS n), \
                 (SELECT min(k) FROM {schema}.hdr), (SELECT max(k) FROM {schema}.hdr), \
                 (SELECT min(b) FROM {schema}.man), (SELECT max(b) FROM {schema}.man), \
                 pg_is_in_recovery()"
            )),
            Self::Size => Statement::plain(format!("SELECT {}", is_small(schema))),
            Self::SmallObjects => small::<Objects>(schema),
            Self::SmallIndex => small::<Index>(schema),
            Self::SmallManifest => small::<Manifest>(schema),
            Self::Manifest(b) => select::<Manifest>(schema, b, b),
            Self::Objects(first, last) => select::<Objects>(schema, first, last),
            Self::Index(first, last) => select::<Index>(schema, first, last),
            Self::Log(first, last) => select::<Log>(schema, first, last),
            Self::Uses(first, last) => uses::select(schema, first, last),
            Self::LogEnd => select_last::<Log>(schema),
            Self::NamedObjects(h) => named_objects(schema, h),
            Self::NamedManifest(h) => Statement::with(
                format!(
                    "SELECT m.b, m.kid, m.ct FROM {schema}.idx i \
                     JOIN {schema}.man m ON m.b = 1 + get_byte(i.id, 0) WHERE i.h = $1"
                ),
                [Parameter::Bytes(h.to_vec())],
            ),
        }
    }
}

/// Reads the objects whose ids start with the two bytes with which the id starts that an index entry
/// names.
fn named_objects(schema: &str, h: IdxKey) -> Statement {
    let [first, last] = [0_u8, u8::MAX].map(|fill| Parameter::Bytes(vec![fill; 14]));
    let sql = format!(
        "SELECT o.id, o.kid, o.ct FROM {schema}.idx i JOIN {schema}.obj o \
         ON o.id BETWEEN substr(i.id, 1, 2) || $2 AND substr(i.id, 1, 2) || $3 \
         WHERE i.h = $1 ORDER BY o.id LIMIT {CHUNK}"
    );
    Statement::with(sql, [Parameter::Bytes(h.to_vec()), first, last])
}

/// Reads the root, sealed.
pub(super) fn root(schema: &str, lock: Lock) -> String {
    let lock = match lock {
        Lock::None => "",
        Lock::Wait => " FOR UPDATE",
        Lock::NoWait => " FOR UPDATE NOWAIT",
    };
    format!("SELECT b, kid, ct FROM {schema}.man WHERE b = 0{lock}")
}

/// Locks the root if it is this one; otherwise a number is divided by zero, which undoes the transaction
/// without another flight. If it has to wait, it compares what is there then.
pub(super) fn same_root(schema: &str, root: &Row) -> Statement {
    let sql = format!(
        "SELECT 1/count(*) FROM (SELECT 1 FROM {schema}.man \
         WHERE b = 0 AND kid = $1 AND ct = $2 FOR UPDATE) AS same"
    );
    let kid = Parameter::Number(root.kid.into());
    Statement::with(sql, [kid, Parameter::Bytes(root.sealed.clone())])
}

/// A condition that reads a few thousand rows at most.
fn is_small(schema: &str) -> String {
    let few = |table: &str, most: u32| {
        let limit = most + 1;
        format!(
            "(SELECT count(*) FROM (SELECT 1 FROM {schema}.{table} LIMIT {limit}) AS n) <= {most}"
        )
    };
    let [objects, entries] = SMALL;
    format!("{} AND {}", few("obj", objects), few("idx", entries))
}

/// Reads a whole table, if the store is small.
fn small<T: Kind>(schema: &str) -> Statement {
    super::kinds::select_small::<T>(schema, &is_small(schema))
}

/// Reads the rows of a table.
pub(super) fn rows<T: Kind>(rows: &[SqlRow]) -> Result<Rows<T>, Fault> {
    rows.iter().map(T::read).collect()
}

/// Reads the answer to [`Piece::Size`].
pub(super) fn size(rows: &[SqlRow]) -> Result<bool, Fault> {
    rows.first().map_or(Ok(false), |row| column(row, 0))
}

/// The keys of `hdr` and `man`: how many of the first there are, up to three, then the bounds of both.
pub(super) type Keys = (i64, [Option<i64>; 4]);

/// Reads the answer to [`Piece::Keys`].
pub(super) fn keys(rows: &[SqlRow]) -> Result<Keys, Fault> {
    let row = rows
        .first()
        .ok_or_else(|| super::fault::corrupt("its tables cannot be read"))?;
    // A pooler may have changed the server since it was connected to. A replica is never read.
    if column(row, 5)? {
        return Err(Fault::ReadOnly("it has become a replica".into()));
    }
    let bounds = [
        column(row, 1)?,
        column(row, 2)?,
        column(row, 3)?,
        column(row, 4)?,
    ];
    Ok((column(row, 0)?, bounds))
}
