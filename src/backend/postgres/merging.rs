//! Last uses are changed in a short transaction of their own.

use std::time::Duration;

use super::fault::{corrupt, fault};
use super::kinds::Manifest;
use super::link::{FLIGHT, Link};
use super::pieces::{self, Lock};
use super::statement::{Parameter, Statement};
use super::uses::{self, LastUses};
use crate::backend::{Fault, FoundUses, Merge, ObjId};

/// How long the rows of others are waited for. Uses are not worth more.
const PATIENCE: Duration = Duration::from_secs(1);

/// Limits of a transaction that changes last uses. Its commit is waited for neither on the disk nor on a
/// standby: if the server dies, uses of the last moments are lost.
fn limits() -> Statement {
    let patience = format!("{}ms", PATIENCE.as_millis());
    let sql = "SELECT set_config('lock_timeout', $1, true), \
         set_config('idle_in_transaction_session_timeout', '10s', true), \
         set_config('synchronous_commit', 'off', true)";
    Statement::with(sql, [Parameter::Text(patience)])
}

/// Changes the rows of these objects, in two flights.
pub(super) fn change(link: &mut Link, ids: &[ObjId], merge: Merge<'_>) -> Result<(), Fault> {
    link.ensure_connected()?;
    let schema = link.schema().to_owned();
    let question = vec![
        Statement::plain("BEGIN ISOLATION LEVEL READ COMMITTED"),
        limits(),
        Statement::plain(pieces::root(&schema, Lock::None)),
        uses::found(&schema, ids)?,
    ];
    let there = link
        .flight(question, FLIGHT)
        .map_err(|failure| fault(&failure, &link.who()));
    let there = there.and_then(|answers| match answers.as_slice() {
        [_, _, root, rows] => Ok(FoundUses {
            root: pieces::rows::<Manifest>(root)?.pop().map(|(_, row)| row),
            rows: pieces::rows::<LastUses>(rows)?,
        }),
        _ => Err(corrupt("the last uses cannot be read")),
    });
    let rows = there.map(merge);
    match rows {
        Ok(rows) if !rows.is_empty() => {
            let changes = vec![uses::set(&schema, rows)?, Statement::plain("COMMIT")];
            let changed = link.flight(changes, FLIGHT);
            changed
                .map(drop)
                .map_err(|failure| fault(&failure, &link.who()))
        }
        others => {
            link.send(Statement::plain("ROLLBACK"));
            others.map(drop)
        }
    }
}
