//! What a role can do in the schema of a store.

use super::fault::fault;
use super::link::{FLIGHT, Link};
use super::statement::{Statement, column};
use crate::backend::{DatabaseFacts, Fault};

/// What a role can do although hallpass does not need it, and a condition on `t`, a table of the store,
/// and `s`, its schema, that is true if it can.
const EXCESS: [(&str, &str); 6] = [
    (
        "do everything: it is a superuser",
        "bool_or((SELECT rolsuper FROM pg_roles WHERE rolname = current_user))",
    ),
    (
        "alter and drop the tables: it owns one, or the schema",
        "bool_or(pg_has_role(t.relowner, 'USAGE') OR pg_has_role(s.nspowner, 'USAGE'))",
    ),
    (
        "create objects in the schema",
        "bool_or(has_schema_privilege(s.oid, 'CREATE'))",
    ),
    (
        "empty the tables: it has TRUNCATE on one",
        "bool_or(has_table_privilege(t.oid, 'TRUNCATE'))",
    ),
    (
        "set triggers: it has TRIGGER on a table",
        "bool_or(has_table_privilege(t.oid, 'TRIGGER'))",
    ),
    (
        "rewrite the audit log: it has UPDATE on `log`",
        "bool_or(t.relname = 'log' AND has_any_column_privilege(t.oid, 'UPDATE'))",
    ),
];

/// Asks for the version of the server, the role, and what that can do.
pub(super) fn facts(link: &mut Link) -> Result<DatabaseFacts, Fault> {
    link.ensure_connected()?;
    let conditions: Vec<_> = EXCESS.iter().map(|(_, condition)| *condition).collect();
    let schema = &link.database().schema;
    let sql = format!(
        "SELECT version(), current_user::text, {} \
         FROM pg_class t JOIN pg_namespace s ON t.relnamespace = s.oid \
         WHERE s.nspname = '{schema}' AND t.relkind = 'r' \
         AND t.relname IN ('hdr', 'man', 'obj', 'idx', 'log', 'use')",
        conditions.join(", ")
    );
    let answers = link.flight(vec![Statement::plain(sql)], FLIGHT);
    let answers = answers.map_err(|failure| fault(&failure, &link.who()))?;
    let Some(row) = answers.first().and_then(|rows| rows.first()) else {
        return Err(Fault::Storage(format!("{} says nothing", link.who())));
    };
    let mut excess_rights = Vec::new();
    for ((words, _), at) in EXCESS.iter().zip(2..) {
        let has: Option<bool> = column(row, at)?;
        if has == Some(true) {
            excess_rights.push((*words).to_owned());
        }
        // A superuser has all the others too.
        if at == 2 && has == Some(true) {
            break;
        }
    }
    let version: &str = column(row, 0)?;
    // What follows is the machine and the compiler.
    let (server, _) = version.split_once(" on ").unwrap_or((version, ""));
    Ok(DatabaseFacts {
        server: server.to_owned(),
        role: column(row, 1)?,
        excess_rights,
    })
}
