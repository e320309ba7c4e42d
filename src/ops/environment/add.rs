//! Adds an environment.

use super::draft::Draft;
use super::journal::journal_as;
use super::summary::{Summary, summary};
use crate::barrier::{List, Reader, Unique, Writer};
use crate::core::Core;
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::environment::Environment;
use crate::model::id::EnvironmentKey;
use crate::ops::edit::{Added, Differences, IfThere};
use crate::ops::records::journal::LogFacts;
use crate::ops::records::lookup;

/// Adds an environment. The first one of a store is the default.
///
/// # Errors
///
/// The name is taken, unless `if_there` asks for a comparison.
pub fn add(core: &mut Core, draft: &Draft, if_there: IfThere) -> Result<Added<Summary>> {
    if if_there == IfThere::Compare
        && let Some(existing) = core.read(|r| existing(r, draft))?
    {
        return Ok(existing);
    }
    core.write(|w| Ok(Added::Made(summary(&insert(w, draft)?))))
}

/// Adds an environment within a transaction; `init` uses it for the first one.
pub(in crate::ops) fn insert(w: &mut Writer<'_>, draft: &Draft) -> Result<Environment> {
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
    let facts = LogFacts::new().with("description", description.as_ref());
    journal_as(w, Action::EnvironmentAdd, id, &environment, facts)?;
    Ok(environment)
}

fn existing(r: &mut Reader<'_>, draft: &Draft) -> Result<Option<Added<Summary>>> {
    let Some((_, there)) = lookup::find::<Environment>(r, &draft.name)? else {
        return Ok(None);
    };
    let mut differences = Differences::default();
    differences.optional(
        "description",
        draft.description.as_ref(),
        there.description.as_ref(),
    );
    Ok(Some(Added::Existing {
        summary: summary(&there),
        differences: differences.0,
    }))
}
