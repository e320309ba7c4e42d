//! `hallpass store schema`.

use hallpass::Kind;
use hallpass::backend::location::Location;
use hallpass::backend::postgres::schema::{self, BadRole, NotCreated, Pruning, RoleName};
use serde::Serialize;

use crate::cli::store::Schema;
use crate::failure::Failure;
use crate::output::{Column, View, flag};
use crate::session::Session;
use crate::ui::Ui;

/// The tables of a store, and who can use them.
#[derive(Debug, Serialize)]
struct Tables {
    store: String,
    role: String,
    sql: String,
    created: bool,
}

impl View for Tables {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("store", |it| it.store.clone()),
        Column::listed("role", |it| it.role.clone()),
        Column::listed("created", |it| flag(it.created)),
    ];
    const NONE: &'static str = "no tables";
}

/// Prints the SQL that creates the tables of a store, or runs it.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: &Schema) -> Result<(), Failure> {
    let Schema {
        role,
        allow_prune,
        run,
    } = args;
    let Location::Database(database) = session.location()? else {
        let refused = Failure::usage("the store is a file: only a database has a schema");
        return Err(refused.advice("`--store postgres://[USER@]HOST/DATABASE`"));
    };
    let not_a_role = |bad: BadRole| Failure::usage(bad.to_string());
    let role: &RoleName = &role.parse().map_err(not_a_role)?;
    let pruning = if *allow_prune {
        Pruning::Allowed
    } else {
        Pruning::Refused
    };
    let tables = Tables {
        store: database.to_string(),
        role: role.as_str().to_owned(),
        sql: schema::tables(&database.schema, role, pruning),
        created: *run,
    };
    if !tables.created {
        ui.ensure_document()?;
        return ui.print_text(&tables, &tables.sql);
    }
    schema::create(database, &session.options(), role, pruning).map_err(failure)?;
    ui.record(&tables)?;
    ui.note("created the tables; next, as that role: `hallpass init`");
    Ok(())
}

fn failure(error: NotCreated) -> Failure {
    let message = error.to_string();
    match error {
        NotCreated::Exists(_) => Failure::new(Kind::Exists, message)
            .advice("`hallpass init` creates a store there, if there is none"),
        NotCreated::NoRole(role) => {
            Failure::new(Kind::NotFound, message).advice(format!("CREATE ROLE \"{role}\" LOGIN"))
        }
        NotCreated::Forbidden(_) => Failure::new(Kind::Storage, message)
            .advice("name the owner of the database: `--store postgres://OWNER@HOST/DATABASE`"),
        NotCreated::Storage(fault) => fault.into(),
        _ => Failure::new(Kind::Failed, message),
    }
}
