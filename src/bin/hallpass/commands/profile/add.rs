//! `hallpass profile add`.

use hallpass::files::trust::SECRET;
use hallpass::model::name::TokenName;
use hallpass::ops::edit::Added;
use hallpass::ops::profile::{self, Draft};
use hallpass::ops::token;

use super::{first_store, password};
use crate::cli::profile::Add;
use crate::commands::{issued, outcome};
use crate::delivery::Outlet;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Adds a profile, with a password and a token if requested.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Add) -> Result<(), Failure> {
    let Add {
        name,
        email,
        description,
        connection,
        group,
        password: typed,
        password_file,
        token,
        sink,
        if_absent,
    } = args;
    if sink.to.is_some() && token.is_none() {
        return Err(Failure::usage("`--to` is only for a token").advice("add `--token NAME`"));
    }
    let outlet = ui.outlet(&sink)?;
    first_store::offer(ui, session)?;
    let if_there = outcome::if_there(if_absent);
    let password = match password_file {
        Some(file) => Some(ui.read(&file, "the password", SECRET)?),
        None if typed => password::ask(ui, session, &name, if_there)?,
        None => None,
    };
    let what = format!("profile `{name}`");
    let draft = Draft {
        name,
        email,
        description,
        connections: connection,
        groups: group,
        password,
    };
    if let Some(token) = token {
        return with_token(ui, session, &draft, token, outlet);
    }
    let mut added = profile::add(session.core(ui)?, &draft, if_there)
        .map_err(|error| password::explain(error, &draft.name))?;
    // A profile that exists keeps its password: none was asked for.
    if let Added::Existing {
        summary,
        differences,
    } = &mut added
        && typed
        && !summary.has_password
    {
        differences.push("password");
    }
    outcome::added(ui, &what, &added)
}

/// Adds the profile and its token in one transaction.
fn with_token(
    ui: &mut Ui,
    session: &mut Session,
    draft: &Draft,
    token: TokenName,
    mut outlet: Outlet,
) -> Result<(), Failure> {
    let token = token::Draft::new(draft.name.clone(), token);
    let (_, issued) = profile::add_with_token(session.core(ui)?, draft, &token, outlet.delivery())
        .map_err(|error| password::explain(error, &draft.name))?;
    ui.note(format!("added profile `{}`", draft.name));
    issued::report(ui, &issued, &outlet)
}
