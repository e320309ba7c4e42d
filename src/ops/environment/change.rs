//! Changes an environment, and rotates its key.

use super::draft::Edits;
use super::journal::journal_as;
use super::summary::{Summary, summary};
use crate::barrier::{Unique, Writer};
use crate::core::Core;
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::environment::Environment;
use crate::model::id::{EnvironmentKey, RecordId};
use crate::model::name::EnvironmentName;
use crate::ops::edit::Changed;
use crate::ops::impact::{self, Impact};
use crate::ops::records::journal::{AS_BEFORE, LogFacts};
use crate::ops::records::lookup;

/// Changes an environment.
///
/// # Errors
///
/// There is no environment of that name, or the new name is taken.
pub fn edit(core: &mut Core, name: &EnvironmentName, edits: &Edits) -> Result<Changed<Summary>> {
    core.write(|w| edit_within(w, name, edits))
}

/// The result of changing an environment, and its impact. Changes nothing.
///
/// # Errors
///
/// As [`edit`].
pub fn preview_edit(
    core: &mut Core,
    name: &EnvironmentName,
    edits: &Edits,
) -> Result<(Changed<Summary>, Impact)> {
    impact::preview(core, |w| edit_within(w, name, edits))
}

/// As [`edit`], within a transaction.
pub(in crate::ops) fn edit_within(
    w: &mut Writer<'_>,
    name: &EnvironmentName,
    edits: &Edits,
) -> Result<Changed<Summary>> {
    let (id, before) = lookup::named::<Environment>(w, name)?;
    let after = edited(&before, edits);
    let facts = differences(&before, &after);
    if facts.is_empty() {
        return Ok(Changed::already(summary(&before)));
    }
    lookup::rename::<Environment>(w, id, &before.name, &after.name)?;
    if after.default && !before.default {
        unset_default(w)?;
    }
    w.put(id, &after)?;
    journal_as(w, Action::EnvironmentEdit, id, &after, facts)?;
    Ok(Changed::made(summary(&after)))
}

/// Replaces the key of an environment; the old key is no longer known.
///
/// # Errors
///
/// There is no environment of that name.
pub fn rotate_key(core: &mut Core, name: &EnvironmentName) -> Result<Summary> {
    core.write(|w| {
        let (id, mut environment) = lookup::named::<Environment>(w, name)?;
        let old = environment.key;
        environment.key = EnvironmentKey::generate(w.entropy())?;
        w.unindex(Unique::EnvironmentKey(&old))?;
        w.index(Unique::EnvironmentKey(&environment.key), id)?;
        w.put(id, &environment)?;
        let mut facts = LogFacts::new();
        facts.change("key", Some(old), Some(environment.key));
        journal_as(w, Action::EnvironmentRotateKey, id, &environment, facts)?;
        Ok(summary(&environment))
    })
}

/// Makes an environment the default in place of one that is to be deleted again.
pub(in crate::ops) fn make_default_again(w: &mut Writer<'_>, id: RecordId) -> Result<()> {
    let before: Environment = w.require(id)?;
    let after = Environment {
        default: true,
        ..before.clone()
    };
    unset_default(w)?;
    w.put(id, &after)?;
    let facts = differences(&before, &after).with("reason", Some(AS_BEFORE));
    journal_as(w, Action::EnvironmentEdit, id, &after, facts)
}

fn edited(before: &Environment, edits: &Edits) -> Environment {
    let Edits {
        description,
        make_default,
        rename,
    } = edits;
    Environment {
        name: rename.as_ref().unwrap_or(&before.name).clone(),
        description: description.applied(before.description.as_ref()),
        default: before.default || *make_default,
        ..before.clone()
    }
}

fn differences(before: &Environment, after: &Environment) -> LogFacts {
    let mut facts = LogFacts::new();
    facts.change("name", Some(&before.name), Some(&after.name));
    facts.change(
        "description",
        before.description.as_ref(),
        after.description.as_ref(),
    );
    facts.change("default", Some(before.default), Some(after.default));
    facts
}

/// Unsets the default environment.
fn unset_default(w: &mut Writer<'_>) -> Result<()> {
    let (id, mut old): (RecordId, Environment) = lookup::default_environment(w)?;
    old.default = false;
    w.put(id, &old)
}
