//! The tables of a store, and what a role may do with them.

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

/// The SQL that creates the tables of a store, as one transaction for the owner of the database, and lets
/// `role` use them. The role can add to the audit log, but neither change nor remove its rows.
pub fn tables(schema: &str, role: &str) -> String {
    let role = quoted(role);
    let mut sql = format!("BEGIN;\nCREATE SCHEMA {schema};\n");
    for table in TABLES {
        sql.extend(["CREATE TABLE ", schema, ".", table, ";\n"]);
    }
    let changed = ["hdr", "man", "obj", "idx", "use"].map(|table| format!("{schema}.{table}"));
    let changed = changed.join(", ");
    let rights = format!(
        "GRANT USAGE ON SCHEMA {schema} TO {role};\n\
         GRANT SELECT, INSERT, UPDATE, DELETE ON {changed} TO {role};\n\
         GRANT SELECT, INSERT ON {schema}.log TO {role};\nCOMMIT;\n"
    );
    sql + &rights
}

/// An identifier in quotes.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_quoted_and_cannot_change_the_log() {
        let sql = tables("hallpass", "o\"brien; DROP");
        assert!(sql.contains("TO \"o\"\"brien; DROP\";"), "{sql}");
        assert!(sql.contains("GRANT SELECT, INSERT ON hallpass.log TO"));
    }
}
