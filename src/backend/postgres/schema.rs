//! The tables of a store, and what a role can do with them.

use std::str::FromStr;

use super::database::Database;
use super::fault::{Failure, fault};
use super::link::{FLIGHT, Link};
use super::statement::Statement;
use crate::backend::Fault;
use crate::backend::options::OpenOptions;

/// The tables, in the order of their creation. `use` holds when tokens were last used: rows that change
/// often, so a part of each page is left free for their next version.
const TABLES: [&str; 6] = [
    "hdr(k bigint PRIMARY KEY, v bytea NOT NULL)",
    "man(b bigint PRIMARY KEY, kid bigint NOT NULL, ct bytea NOT NULL)",
    "obj(id bytea PRIMARY KEY, kid bigint NOT NULL, ct bytea NOT NULL)",
    "idx(h bytea PRIMARY KEY, id bytea NOT NULL)",
    "log(seq bigint PRIMARY KEY, kid bigint NOT NULL, ct bytea NOT NULL)",
    "use(id bytea PRIMARY KEY, kid bigint NOT NULL, ct bytea NOT NULL) WITH (fillfactor = 70)",
];

/// The longest name that the database keeps apart from others, in bytes.
const LONGEST_NAME: usize = 63;

/// The name of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleName(String);

impl RoleName {
    /// The name as it stands in SQL, in quotes.
    fn quoted(&self) -> String {
        quoted(&self.0)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name as it stands in SQL, in quotes.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl FromStr for RoleName {
    type Err = BadRole;

    fn from_str(text: &str) -> Result<Self, BadRole> {
        let invalid = |why| Err(BadRole(why));
        if text.is_empty() {
            return invalid("it is empty");
        }
        if text.len() > LONGEST_NAME {
            return invalid("it has more than 63 bytes");
        }
        // None of these has a role of its own that could be meant.
        let reserved = [
            "public",
            "none",
            "current_user",
            "current_role",
            "session_user",
        ];
        if reserved.contains(&text) {
            return invalid("that is a word of SQL");
        }
        if text.chars().any(char::is_control) {
            return invalid("it has a control character");
        }
        Ok(Self(text.to_owned()))
    }
}

/// The error for text that is no name of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a role: {0}")]
pub struct BadRole(&'static str);

/// Whether a role may remove old entries of the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pruning {
    /// It may.
    Allowed,
    /// It may not: an entry that was written stays.
    Refused,
}

/// The SQL that creates the tables of a store in a schema, for the owner of the database, and lets a role
/// use them. The role can add to the audit log, but not change its rows. It is one transaction.
pub fn tables(schema: &str, role: &RoleName, pruning: Pruning) -> String {
    let statements = statements(schema, role, pruning);
    let lines: Vec<_> = statements.iter().map(|it| format!("{it};\n")).collect();
    format!("BEGIN;\n{}COMMIT;\n", lines.concat())
}

fn statements(schema: &str, role: &RoleName, pruning: Pruning) -> Vec<String> {
    let (schema, role) = (quoted(schema), role.quoted());
    let mut all = vec![format!("CREATE SCHEMA IF NOT EXISTS {schema}")];
    all.extend(TABLES.map(|table| format!("CREATE TABLE {schema}.{table}")));
    let changed = ["hdr", "man", "obj", "idx", "use"].map(|table| format!("{schema}.{table}"));
    let changed = changed.join(", ");
    let on_log = match pruning {
        Pruning::Allowed => "SELECT, INSERT, DELETE",
        Pruning::Refused => "SELECT, INSERT",
    };
    all.extend([
        format!("GRANT USAGE ON SCHEMA {schema} TO {role}"),
        format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {changed} TO {role}"),
        format!("GRANT {on_log} ON {schema}.log TO {role}"),
    ]);
    all
}

/// Why the tables were not created.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotCreated {
    /// There are such tables already.
    #[error("the tables exist already: {0}")]
    Exists(String),
    /// The role does not exist.
    #[error("there is no role `{0}`")]
    NoRole(String),
    /// The role that connects may not create them.
    #[error("{0} cannot create the tables: the role lacks a right")]
    Forbidden(String),
    /// Everything else.
    #[error(transparent)]
    Storage(#[from] Fault),
}

/// Creates the tables of a store, as the role that connects, and lets `role` use them.
///
/// # Errors
///
/// [`NotCreated`]; nothing was created then.
pub fn create(
    database: &Database,
    options: &OpenOptions,
    role: &RoleName,
    pruning: Pruning,
) -> Result<(), NotCreated> {
    let mut link = Link::open(database, options)?;
    let mut all = vec![Statement::plain("BEGIN")];
    let statements = statements(&database.schema, role, pruning);
    all.extend(statements.into_iter().map(Statement::plain));
    all.push(Statement::plain("COMMIT"));
    let Err(failure) = link.flight(all, FLIGHT) else {
        return Ok(());
    };
    Err(match &failure {
        // A table, and what two have added at the same time.
        Failure::Refused(code) if ["42P07", "42P06", "23505"].contains(&code.as_str()) => {
            NotCreated::Exists(format!("`{database}`"))
        }
        Failure::Refused(code) if code == "42704" => NotCreated::NoRole(role.0.clone()),
        Failure::Refused(code) if code == "42501" => NotCreated::Forbidden(link.who()),
        _ => fault(&failure, &link.who()).into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(name: &str) -> RoleName {
        name.parse().unwrap()
    }

    #[test]
    fn a_role_is_quoted_and_can_neither_change_nor_remove_an_entry() {
        let sql = tables("hallpass", &role("o\"brien; DROP"), Pruning::Refused);
        assert!(sql.starts_with("BEGIN;\nCREATE SCHEMA IF NOT EXISTS \"hallpass\";\n"));
        assert!(sql.ends_with("COMMIT;\n"));
        assert!(sql.contains("GRANT SELECT, INSERT ON \"hallpass\".log TO \"o\"\"brien; DROP\";"));
        assert_eq!(sql.matches("CREATE TABLE").count(), TABLES.len());
    }

    #[test]
    fn a_role_that_prunes_can_remove_entries() {
        let sql = tables("hallpass", &role("app"), Pruning::Allowed);
        assert!(sql.contains("GRANT SELECT, INSERT, DELETE ON \"hallpass\".log TO \"app\";"));
    }

    #[test]
    fn what_names_no_role_is_refused() {
        for name in [
            "",
            "a\0b",
            "a\nb",
            "public",
            "current_user",
            &"x".repeat(64),
        ] {
            assert!(name.parse::<RoleName>().is_err(), "{name}");
        }
        for name in ["app", "Public", "my role", &"x".repeat(63)] {
            assert_eq!(role(name).as_str(), name);
        }
    }
}
