//! The table of last uses. Its rows decide nothing, so none of them is damage: what does not fit is left out.

use tokio_postgres::Row as SqlRow;

use super::kinds::{CHUNK, Kind, Objects};
use super::statement::{Parameter, Statement, key, sealed};
use crate::backend::{Fault, ObjId, Row};

/// No sealed last use is longer, in bytes.
const LONGEST: u16 = 1024;

/// The last uses.
pub(super) struct LastUses;

impl Kind for LastUses {
    type Key = ObjId;
    type Value = Row;
    const NAME: (&'static str, &'static str) = ("use", "id");
    const COLUMNS: &'static [(&'static str, &'static str)] = Objects::COLUMNS;
    const KEYS: &'static str = Objects::KEYS;

    fn keys(keys: &[ObjId]) -> Result<Parameter, Fault> {
        Objects::keys(keys)
    }
    fn values(values: &[Row]) -> Vec<Parameter> {
        Objects::values(values)
    }
    fn bound(key: ObjId) -> Parameter {
        Objects::bound(key)
    }
    fn read(row: &SqlRow) -> Result<(ObjId, Row), Fault> {
        Ok((key(row, 0)?, sealed(row, 1)?))
    }
    fn after(key: ObjId) -> Option<ObjId> {
        Objects::after(key)
    }
}

/// A condition of rows that may be last uses. The others would be refused when they are read.
fn fits() -> String {
    let most = u32::MAX;
    format!("octet_length(id) = 16 AND octet_length(ct) <= {LONGEST} AND kid BETWEEN 0 AND {most}")
}

/// Selects the rows between two objects, at most [`CHUNK`].
pub(super) fn select(schema: &str, first: ObjId, last: ObjId) -> Statement {
    let fits = fits();
    let sql = format!(
        "SELECT id, kid, ct FROM {schema}.use WHERE id BETWEEN $1 AND $2 AND {fits} \
         ORDER BY id LIMIT {CHUNK}"
    );
    Statement::with(sql, [LastUses::bound(first), LastUses::bound(last)])
}

/// Removes the rows of objects that are removed. One that a server is changing right now stays behind, so
/// that nobody waits for it, and means nothing.
pub(super) fn remove(schema: &str, objects: &[ObjId]) -> Result<Statement, Fault> {
    let sql = format!(
        "DELETE FROM {schema}.use WHERE id IN \
         (SELECT id FROM {schema}.use WHERE id = ANY($1) ORDER BY id FOR UPDATE SKIP LOCKED)"
    );
    Ok(Statement::with(sql, [LastUses::keys(objects)?]))
}

/// Locks and selects the rows of these objects, always in the same order.
pub(super) fn found(schema: &str, ids: &[ObjId]) -> Result<Statement, Fault> {
    let fits = fits();
    let sql = format!(
        "SELECT id, kid, ct FROM {schema}.use WHERE id = ANY($1) AND {fits} ORDER BY id FOR UPDATE"
    );
    Ok(Statement::with(sql, [LastUses::keys(ids)?]))
}

/// Sets rows, in the order of their ids, of objects that exist.
pub(super) fn set(schema: &str, rows: Vec<(ObjId, Row)>) -> Result<Statement, Fault> {
    let (ids, rows): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let sql = format!(
        "INSERT INTO {schema}.use(id, kid, ct) \
         SELECT n.id, n.kid, n.ct FROM unnest($1::bytea[], $2::bigint[], $3::bytea[]) AS n(id, kid, ct) \
         WHERE EXISTS (SELECT 1 FROM {schema}.obj AS o WHERE o.id = n.id) ORDER BY n.id \
         ON CONFLICT (id) DO UPDATE SET kid = excluded.kid, ct = excluded.ct"
    );
    let mut parameters = vec![LastUses::keys(&ids)?];
    parameters.extend(LastUses::values(&rows));
    Ok(Statement::with(sql, parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_locked_and_set_in_the_order_of_their_ids() {
        let row = Row {
            kid: 1,
            sealed: vec![1],
        };
        let found = found("s", &[[1; 16]]).unwrap().sql;
        assert!(found.ends_with("ORDER BY id FOR UPDATE"), "{found}");
        let set = set("s", vec![([1; 16], row)]).unwrap().sql;
        assert!(set.contains("ORDER BY n.id ON CONFLICT"), "{set}");
    }
}
