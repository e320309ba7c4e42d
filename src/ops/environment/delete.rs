//! Deletes an environment that nothing uses.

use super::journal::journal_as;
use super::summary::{Summary, summary};
use crate::barrier::{List, Reader, Tombstone, Unique, Writer};
use crate::core::Core;
use crate::error::{Dependents, Refusal, Result};
use crate::model::audit::Action;
use crate::model::environment::Environment;
use crate::model::id::RecordId;
use crate::model::name::EnvironmentName;
use crate::ops::impact::{self, Impact, some_of};
use crate::ops::records::clocks::Clocks;
use crate::ops::records::journal::{AS_BEFORE, LogFacts};
use crate::ops::records::{lookup, mail_settings, token};

/// Deletes an environment and its own mail settings.
///
/// # Errors
///
/// There is no environment of that name; it is the default; or a live token is for it.
pub fn delete(core: &mut Core, name: &EnvironmentName) -> Result<Summary> {
    core.write(|w| delete_within(w, name))
}

/// The result of deleting an environment, and its impact. Changes nothing.
///
/// # Errors
///
/// As [`delete`].
pub fn preview_delete(core: &mut Core, name: &EnvironmentName) -> Result<(Summary, Impact)> {
    impact::preview(core, |w| delete_within(w, name))
}

/// As [`delete`], within a transaction.
pub(in crate::ops) fn delete_within(w: &mut Writer<'_>, name: &EnvironmentName) -> Result<Summary> {
    let clocks = Clocks::new(w, w.now());
    let (id, environment) = deletable(w, name, clocks)?;
    make_tombstone(w, id, environment, LogFacts::new())
}

/// Deletes an environment that a restored backup brought back.
pub(in crate::ops) fn delete_again(w: &mut Writer<'_>, id: RecordId) -> Result<()> {
    let environment = w.require(id)?;
    make_tombstone(
        w,
        id,
        environment,
        LogFacts::new().with("reason", Some(AS_BEFORE)),
    )
    .map(drop)
}

/// Turns an environment into a tombstone; returns its last summary.
fn make_tombstone(
    w: &mut Writer<'_>,
    id: RecordId,
    mut environment: Environment,
    facts: LogFacts,
) -> Result<Summary> {
    w.delist::<Environment>(List::Environments, environment.position, |record| {
        &mut record.position
    })?;
    w.unindex(Unique::Environment(&environment.name.canonical()))?;
    w.unindex(Unique::EnvironmentKey(&environment.key))?;
    mail_settings::remove_settings(w, Some(id), Some(&environment.name))?;
    environment.deleted_at = Some(w.now());
    w.record_tombstone(Tombstone::deleted(id));
    w.put(id, &environment)?;
    journal_as(w, Action::EnvironmentDelete, id, &environment, facts)?;
    Ok(summary(&environment))
}

/// The live tokens for an environment: the first few, and how many more.
///
/// # Errors
///
/// There is no environment of that name.
pub fn users(core: &mut Core, name: &EnvironmentName) -> Result<Dependents> {
    let now = core.now();
    core.read(|r| {
        let (id, _) = lookup::named::<Environment>(r, name)?;
        let clocks = Clocks::new(r, now);
        Ok(some_of(token::live_where(r, clocks, |token| {
            token.environment == id
        })?))
    })
}

fn deletable(
    r: &mut Reader<'_>,
    name: &EnvironmentName,
    clocks: Clocks,
) -> Result<(RecordId, Environment)> {
    let (id, environment) = lookup::named::<Environment>(r, name)?;
    if environment.default {
        return Err(Refusal::DefaultEnvironment(environment.name).into());
    }
    let users = token::live_where(r, clocks, |token| token.environment == id)?;
    if users.is_empty() {
        return Ok((id, environment));
    }
    Err(Refusal::InUse {
        name: environment.name.to_string(),
        users: some_of(users),
    }
    .into())
}
