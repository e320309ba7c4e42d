//! Environments: deployments that tokens are good in.

use serde::Serialize;

use super::edit::{Added, Change, Differences, IfThere};
use super::journal::{self, Facts};
use super::{Core, lookup};
use crate::barrier::{List, Reader, Unique, Writer};
use crate::error::Result;
use crate::model::environment::Environment;
use crate::model::id::{EnvironmentKey, RecordId};
use crate::model::name::EnvironmentName;
use crate::model::text::FreeText;
use crate::model::time::Time;

mod change;
mod delete;

pub use change::{edit, foresee_edit, rotate_key};
pub(super) use change::{edit_within, make_default_again};
pub use delete::{delete, foresee_delete, users};
pub(super) use delete::{delete_again, delete_within};

/// What an environment is to be.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its name.
    pub name: EnvironmentName,
    /// What it is.
    pub description: Option<FreeText>,
}

/// What is to change in an environment.
#[derive(Debug, Clone, Default)]
pub struct Edits {
    /// What it is.
    pub description: Change<FreeText>,
    /// Whether it becomes the default one.
    pub make_default: bool,
    /// Its new name.
    pub rename: Option<EnvironmentName>,
}

/// An environment, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its name.
    pub name: EnvironmentName,
    /// What it is.
    pub description: Option<FreeText>,
    /// The identifier that applications carry.
    pub key: EnvironmentKey,
    /// Whether tokens without an environment are for this one.
    pub default: bool,
    /// When it was made.
    pub created_at: Time,
}

/// Makes an environment. The first one of a store is the default.
pub fn add(core: &mut Core, draft: &Draft, if_there: IfThere) -> Result<Added<Summary>> {
    if if_there == IfThere::Compare
        && let Some(existing) = core.read(|r| existing(r, draft))?
    {
        return Ok(existing);
    }
    core.write(|w| Ok(Added::Made(summary(&insert(w, draft)?))))
}

/// All environments, by name.
pub fn list(core: &mut Core) -> Result<Vec<Summary>> {
    core.read(list_within)
}

pub(super) fn list_within(r: &mut Reader<'_>) -> Result<Vec<Summary>> {
    let environments = lookup::all::<Environment>(r, List::Environments)?;
    let mut list: Vec<_> = environments.iter().map(|(_, it)| summary(it)).collect();
    list.sort_by_cached_key(|it| it.name.canonical());
    Ok(list)
}

/// One environment.
pub fn show(core: &mut Core, name: &EnvironmentName) -> Result<Summary> {
    core.read(|r| Ok(summary(&lookup::named::<Environment>(r, name)?.1)))
}

/// The environment of whatever names none.
pub fn default(core: &mut Core) -> Result<Summary> {
    core.read(|r| Ok(summary(&lookup::default_environment(r)?.1)))
}

/// Makes an environment within a transaction; `init` makes the first one so.
pub(super) fn insert(w: &mut Writer<'_>, draft: &Draft) -> Result<Environment> {
    let Draft { name, description } = draft;
    lookup::ensure_free::<Environment>(w, name)?;
    let id = w.fresh_id()?;
    let environment = Environment {
        name: name.clone(),
        description: description.clone(),
        key: EnvironmentKey::generate(w.entropy())?,
        default: w.count(List::Environments)? == 0,
        created_at: w.now(),
        deleted_at: None,
        position: w.enlist(List::Environments, id)?,
    };
    w.index(Unique::Environment(&name.canonical()), id)?;
    w.index(Unique::EnvironmentKey(&environment.key), id)?;
    w.put(id, &environment)?;
    let facts = Facts::new().with("description", description.as_ref());
    journal_as(w, "environment.add", id, &environment, facts)?;
    Ok(environment)
}

fn existing(r: &mut Reader<'_>, draft: &Draft) -> Result<Option<Added<Summary>>> {
    let Some((_, there)) = lookup::find::<Environment>(r, &draft.name)? else { return Ok(None) };
    let mut differences = Differences::default();
    differences.optional("description", draft.description.as_ref(), there.description.as_ref());
    Ok(Some(Added::Existing { summary: summary(&there), differences: differences.0 }))
}

fn summary(environment: &Environment) -> Summary {
    Summary {
        name: environment.name.clone(),
        description: environment.description.clone(),
        key: environment.key,
        default: environment.default,
        created_at: environment.created_at,
    }
}

fn journal_as(
    w: &mut Writer<'_>,
    action: &'static str,
    id: RecordId,
    environment: &Environment,
    facts: Facts,
) -> Result<()> {
    w.audit(action, journal::environment(id, environment), facts.into())
}
