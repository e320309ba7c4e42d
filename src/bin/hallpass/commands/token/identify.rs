//! `hallpass token identify`.

use hallpass::error::Subject;
use hallpass::model::text::FreeText;
use hallpass::model::token::{Token, TokenAddress};
use hallpass::ops::token::{self, Summary, Target};
use hallpass::{Error, Kind};
use serde::Serialize;

use super::revoke;
use crate::cli::global::Format;
use crate::cli::input::Input;
use crate::cli::token::Identify;
use crate::commands::consequence::Consequence;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, View, optional, sanitize};
use crate::search::{Search, TokenMatch};
use crate::session::Session;
use crate::ui::Ui;

/// A token that was found, without its secret.
#[derive(Serialize)]
struct Identified {
    path: Option<String>,
    line: u64,
    column: u64,
    form: &'static str,
    id: String,
    /// Whether the token belongs to the store; `None` if it was not looked up.
    known: Option<bool>,
    token: Option<Summary>,
}

impl View for Identified {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("place", |it: &Self| it.position()).whole(),
        Column::listed("form", |it| it.form.to_owned()),
        Column::listed("id", |it: &Self| it.id.clone()).whole(),
        Column::listed("known", |it| match it.known {
            Some(true) => "yes".to_owned(),
            Some(false) => "no".to_owned(),
            None => String::new(),
        }),
        Column::listed("profile", |it| {
            it.of(|token| optional(token.profile.as_ref()))
        }),
        Column::listed("name", |it| it.of(|token| token.name.to_string())),
        Column::listed("connection", |it| {
            it.of(|token| optional(token.connection.as_ref()))
        }),
        Column::listed("state", |it| it.of(|token| token.state.word().to_owned())),
        Column::detail("effective", |it| it.of(|token| token.effective.to_string())),
        Column::detail("path", |it| optional(it.path.as_ref())),
        Column::detail("line", |it| it.line.to_string()),
        Column::detail("column", |it| it.column.to_string()),
    ];
    const NONE: &'static str = "no token was found";
}

impl Identified {
    fn new(found: &TokenMatch) -> Self {
        let path = found.path.as_ref().map(|path| path.to_string_lossy());
        Self {
            // A token can be part of a file's name.
            path: path.map(|path| sanitize::without_tokens(&path)),
            line: found.hit.line,
            column: found.hit.column,
            form: found.hit.form.word(),
            id: found.hit.token.id().to_string(),
            known: None,
            token: None,
        }
    }

    fn position(&self) -> String {
        let path = self.path.as_deref().unwrap_or("<stdin>");
        format!("{path}:{}:{}", self.line, self.column)
    }

    fn of(&self, cell: fn(&Summary) -> String) -> String {
        self.token.as_ref().map(cell).unwrap_or_default()
    }
}

/// Finds tokens, reports whose they are, and revokes them if requested.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Identify) -> Result<Exit, Failure> {
    let Identify {
        path,
        revoke,
        reason,
        dry_run,
    } = args;
    let results = search(ui, path)?;
    if results.found.is_empty() {
        return nothing(ui, &results);
    }
    let asked = reachable(ui, session, revoke)?;
    let mut rows: Vec<_> = results.found.iter().map(Identified::new).collect();
    if asked {
        look_up(ui, session, &results, &mut rows).or_else(|failure| excuse(ui, revoke, failure))?;
    }
    let live = live(&rows);
    if dry_run {
        consequence(ui, session, &live)?.show(ui)?;
    } else if revoke {
        end_all(ui, session, &results, rows, &live, reason.as_ref())?;
    } else {
        ui.list(&rows)?;
        if ui.has_dialogue() && !live.is_empty() {
            ui.note("`--revoke` revokes the live ones, after a confirmation");
        }
    }
    Ok(Exit::from(Kind::Findings))
}

fn search(ui: &mut Ui, paths: Vec<Input>) -> Result<Search, Failure> {
    let mut files = Vec::new();
    let mut stdin = paths.is_empty();
    for path in paths {
        match path {
            Input::Stdin => stdin = true,
            Input::File(path) if matches!(path.try_exists(), Ok(false)) => {
                return Err(Error::NotFound(Subject::File(path)).into());
            }
            // One that cannot be read is reported by the search.
            Input::File(path) => files.push(path),
        }
    }
    let mut results = Search::default();
    if stdin {
        let length = results.text(&mut ui.text_to_search()?).map_err(|source| {
            Failure::new(Kind::Failed, "standard input cannot be read").because(&source)
        })?;
        if length == 0 {
            return Err(Failure::usage("standard input is empty"));
        }
    }
    if !files.is_empty() {
        results.paths(files);
    }
    for (path, error) in &results.unread {
        let path = sanitize::without_tokens(&path.to_string_lossy());
        ui.warn(format!("`{path}` cannot be read: {error}"));
    }
    Ok(results)
}

/// Ends a search that found nothing. That is a success only if all of it was read.
fn nothing(ui: &mut Ui, results: &Search) -> Result<Exit, Failure> {
    let unread = results.unread.len();
    if unread > 0 {
        let message = format!("no token was found, but {unread} files or folders were not read");
        return Err(Failure::new(Kind::Failed, message));
    }
    ui.records::<Identified>(&[])?;
    let files = counted(results.files, "text", "texts");
    let binary = match results.binary {
        0 => String::new(),
        count => {
            format!(
                "; {} not searched",
                counted(count, "binary file was", "binary files were")
            )
        }
    };
    ui.note(format!("no token was found in {files}{binary}"));
    Ok(Exit::DONE)
}

/// Whether the store can be asked. Only `--revoke` asks a person for a key.
fn reachable(ui: &mut Ui, session: &Session, revoke: bool) -> Result<bool, Failure> {
    if revoke {
        return Ok(true);
    }
    let why = match session.look() {
        Err(failure) if failure.kind() == Kind::NotFound => "there is no store",
        _ if !session.has_key()? => "no key available",
        _ => return Ok(true),
    };
    ui.note(format!("not looked up in the store: {why}"));
    Ok(false)
}

fn look_up(
    ui: &mut Ui,
    session: &mut Session,
    results: &Search,
    rows: &mut [Identified],
) -> Result<(), Failure> {
    let tokens: Vec<&Token> = results.found.iter().map(|it| &it.hit.token).collect();
    let known = token::identify(session.core(ui)?, &tokens)?;
    for (row, token) in rows.iter_mut().zip(known) {
        (row.known, row.token) = (Some(token.is_some()), token);
    }
    Ok(())
}

/// Turns a store that does not open into a warning: what was found is printed anyway.
fn excuse(ui: &mut Ui, revoke: bool, failure: Failure) -> Result<(), Failure> {
    if revoke {
        return Err(failure);
    }
    ui.warn(format!(
        "the tokens could not be looked up in the store: {}",
        failure.message()
    ));
    Ok(())
}

/// Returns the tokens that can be revoked, each once.
fn live(rows: &[Identified]) -> Vec<Target> {
    let tokens = rows.iter().filter_map(|row| row.token.as_ref());
    let mut ids: Vec<_> = tokens
        .filter(|it| it.state.is_live())
        .map(|it| it.id)
        .collect();
    ids.sort();
    ids.dedup();
    ids.into_iter()
        .map(|id| Target::Address(TokenAddress::Id(id)))
        .collect()
}

fn consequence(
    ui: &mut Ui,
    session: &mut Session,
    live: &[Target],
) -> Result<Consequence, Failure> {
    let impact = token::preview(session.core(ui)?, live, &mut |_| Ok(()))?.impact;
    let what = format!(
        "revoking what was found, {}",
        counted(live.len() as u64, "token", "tokens")
    );
    Ok(Consequence::new(&what, impact).and("this is final: a revoked token cannot be restored"))
}

/// Revokes the live ones. People see what was found before they are asked, programs the state
/// afterwards.
fn end_all(
    ui: &mut Ui,
    session: &mut Session,
    results: &Search,
    mut rows: Vec<Identified>,
    live: &[Target],
    reason: Option<&FreeText>,
) -> Result<(), Failure> {
    let people = ui.format() == Format::Table;
    if people {
        ui.list(&rows)?;
    }
    if live.is_empty() {
        ui.note("none of the tokens is live; nothing was changed");
    } else {
        consequence(ui, session, live)?.confirm(ui, "Revoke them?")?;
        let revoked = token::revoke(session.core(ui)?, live, reason)?;
        revoke::report(ui, &revoked);
        look_up(ui, session, results, &mut rows)?;
    }
    if people { Ok(()) } else { ui.list(&rows) }
}

fn counted(count: u64, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}
