//! What is asked of a server when it is connected to.

use tokio_postgres::Row as SqlRow;

use super::database::Database;
use super::fault::corrupt;
use super::statement::{Answers, Parameter, Statement, column};
use crate::backend::Fault;
use crate::backend::options::Leniency;

/// The oldest major version that is tested.
const OLDEST: i64 = 15;

/// The columns of a store's tables, ordered by table and position.
const COLUMNS: [(&str, &str, &str); 16] = [
    ("hdr", "k", "bigint"),
    ("hdr", "v", "bytea"),
    ("idx", "h", "bytea"),
    ("idx", "id", "bytea"),
    ("log", "seq", "bigint"),
    ("log", "kid", "bigint"),
    ("log", "ct", "bytea"),
    ("man", "b", "bigint"),
    ("man", "kid", "bigint"),
    ("man", "ct", "bytea"),
    ("obj", "id", "bytea"),
    ("obj", "kid", "bigint"),
    ("obj", "ct", "bytea"),
    ("use", "id", "bytea"),
    ("use", "kid", "bigint"),
    ("use", "ct", "bytea"),
];

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its name and version, as it writes them.
    pub version: String,
    /// Whether it is a primary, and the role may begin writing transactions.
    pub takes_writes: bool,
    /// Whether it is `PostgreSQL` itself, and not another engine that speaks its protocol.
    pub(super) is_postgres: bool,
    major: i64,
    /// Settings with which it loses or corrupts what it has acknowledged.
    unsafe_settings: Vec<&'static str>,
    tables: Tables,
}

/// Which tables the schema has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tables {
    None,
    OfAStore,
    Others,
}

/// What is asked, in one flight.
pub(super) fn question(schema: &str) -> Vec<Statement> {
    let setting = |name: &str| format!("coalesce(current_setting('{name}', true), '')");
    let facts = format!(
        "SELECT version(), pg_is_in_recovery(), {}, {}, {}, {}, {}",
        setting("server_version_num"),
        setting("transaction_read_only"),
        setting("fsync"),
        setting("full_page_writes"),
        setting("zero_damaged_pages"),
    );
    // Those of the catalogue, which also show what the role may not read: that is no lack of tables.
    let columns = "SELECT t.relname::text, a.attname::text, format_type(a.atttypid, NULL)::text \
         FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class t ON a.attrelid = t.oid \
         JOIN pg_catalog.pg_namespace s ON t.relnamespace = s.oid \
         WHERE s.nspname = $1 AND t.relname IN ('hdr', 'man', 'obj', 'idx', 'log', 'use') \
         AND a.attnum > 0 AND NOT a.attisdropped ORDER BY t.relname, a.attnum LIMIT 100";
    vec![
        Statement::plain(facts),
        Statement::with(columns, [Parameter::Text(schema.to_owned())]),
    ]
}

impl Server {
    /// Reads the answers to [`question`].
    pub(super) fn read(answers: &Answers) -> Result<Self, Fault> {
        let [facts, columns] = answers.as_slice() else {
            return Err(corrupt("the server does not say what it is"));
        };
        let facts = facts
            .first()
            .ok_or_else(|| corrupt("the server does not say what it is"))?;
        let version: String = column(facts, 0)?;
        let (in_recovery, number): (bool, String) = (column(facts, 1)?, column(facts, 2)?);
        let settings: Vec<String> = (3..7)
            .map(|at| column(facts, at))
            .collect::<Result<_, _>>()?;
        let is = |at: usize, value: &str| settings.get(at).is_some_and(|found| found == value);
        let unsafe_settings = [
            (is(1, "off"), "fsync is off"),
            (is(2, "off"), "full_page_writes is off"),
            (is(3, "on"), "zero_damaged_pages is on"),
        ];
        let unsafe_settings = unsafe_settings.into_iter().filter(|(is, _)| *is);
        Ok(Self {
            is_postgres: is_postgres(&version),
            takes_writes: !in_recovery && !is(0, "on"),
            major: number.parse().unwrap_or(0) / 10_000,
            unsafe_settings: unsafe_settings.map(|(_, what)| what).collect(),
            tables: tables(columns)?,
            version,
        })
    }

    /// Refuses an engine that is not tested, or that may lose what it has acknowledged.
    pub(super) fn ensure_suitable(&self, unsafe_engine: Leniency) -> Result<(), Fault> {
        if unsafe_engine == Leniency::Allowed {
            return Ok(());
        }
        let unsuitable = |why: String| Fault::Engine(format!("database server: {why}"));
        if !self.is_postgres {
            return Err(unsuitable("it is not PostgreSQL itself".to_owned()));
        }
        if self.major < OLDEST {
            let major = self.major;
            return Err(unsuitable(format!(
                "PostgreSQL {major} is older than {OLDEST}"
            )));
        }
        match self.unsafe_settings.first() {
            Some(what) => Err(unsuitable(format!("its setting {what}"))),
            None => Ok(()),
        }
    }

    /// Checks that the tables are those of a store.
    pub(super) fn check_tables(&self, database: &Database) -> Result<(), Fault> {
        match self.tables {
            Tables::OfAStore => Ok(()),
            Tables::None => Err(Fault::NoTables {
                place: format!("`{database}`"),
                role: database.user.clone(),
            }),
            Tables::Others => Err(corrupt("its tables are not those of a store")),
        }
    }
}

/// Whether this is what `PostgreSQL` says of itself. Others that speak its protocol add their names.
fn is_postgres(version: &str) -> bool {
    let others = [
        "cockroach",
        "yugabyte",
        "yb-",
        "redshift",
        "greenplum",
        "materialize",
        "crate",
    ];
    let lower = version.to_ascii_lowercase();
    lower.starts_with("postgresql ") && !others.iter().any(|name| lower.contains(name))
}

fn tables(rows: &[SqlRow]) -> Result<Tables, Fault> {
    if rows.is_empty() {
        return Ok(Tables::None);
    }
    let mut found = Vec::new();
    for row in rows {
        let (table, name, kind): (&str, &str, &str) =
            (column(row, 0)?, column(row, 1)?, column(row, 2)?);
        found.push((table, name, kind));
    }
    Ok(if found == COLUMNS {
        Tables::OfAStore
    } else {
        Tables::Others
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;

    fn server() -> Server {
        Server {
            version: "PostgreSQL 15.18 (Debian)".to_owned(),
            takes_writes: true,
            is_postgres: true,
            major: 15,
            unsafe_settings: Vec::new(),
            tables: Tables::OfAStore,
        }
    }

    #[test]
    fn another_engine_an_old_one_and_one_that_may_lose_data_are_refused_unless_allowed() {
        server().ensure_suitable(Leniency::Refused).unwrap();
        let unsuitable = [
            Server {
                is_postgres: false,
                ..server()
            },
            Server {
                major: 14,
                ..server()
            },
            Server {
                unsafe_settings: vec!["fsync is off"],
                ..server()
            },
        ];
        for server in unsuitable {
            let refused = server.ensure_suitable(Leniency::Refused).unwrap_err();
            assert_eq!(refused.kind(), Kind::Engine);
            server.ensure_suitable(Leniency::Allowed).unwrap();
        }
    }

    #[test]
    fn postgres_is_known_by_its_version() {
        assert!(is_postgres(
            "PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64"
        ));
        for other in [
            "CockroachDB CCL v23.1.11",
            "PostgreSQL 11.2-YB-2.20.1.0-b0 on x86_64",
            "PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC, Redshift 1.0",
        ] {
            assert!(!is_postgres(other), "{other}");
        }
    }
}
