//! Deletes a connection that nothing refers to.

use super::journal::journal_as;
use super::summary::{Summary, summary};
use crate::barrier::{List, Reader, Tombstone, Unique, Writer};
use crate::core::Core;
use crate::error::{Dependent, Dependents, Refusal, Result};
use crate::model::audit::Action;
use crate::model::connection::Connection;
use crate::model::id::RecordId;
use crate::model::name::ConnectionName;
use crate::model::profile::Profile;
use crate::ops::impact::{self, Impact, some_of};
use crate::ops::records::clocks::Clocks;
use crate::ops::records::journal::{AS_BEFORE, LogFacts};
use crate::ops::records::{lookup, token};

/// Deletes a connection. Refused while a profile's restriction or a live token refers to it: a
/// removal never turns a restriction into "any".
///
/// # Errors
///
/// There is no connection of that name, or something uses it.
pub fn delete(core: &mut Core, name: &ConnectionName) -> Result<Summary> {
    core.write(|w| delete_within(w, name))
}

/// The result of deleting a connection, and its impact. Changes nothing.
///
/// # Errors
///
/// As [`delete`].
pub fn preview_delete(core: &mut Core, name: &ConnectionName) -> Result<(Summary, Impact)> {
    impact::preview(core, |w| delete_within(w, name))
}

/// As [`delete`], within a transaction.
pub(in crate::ops) fn delete_within(w: &mut Writer<'_>, name: &ConnectionName) -> Result<Summary> {
    let clocks = Clocks::new(w, w.now());
    let (id, connection) = deletable(w, name, clocks)?;
    make_tombstone(w, id, connection, LogFacts::new())
}

/// Deletes a connection that a restored backup brought back.
pub(in crate::ops) fn delete_again(w: &mut Writer<'_>, id: RecordId) -> Result<()> {
    let connection = w.require(id)?;
    make_tombstone(
        w,
        id,
        connection,
        LogFacts::new().with("reason", Some(AS_BEFORE)),
    )
    .map(drop)
}

/// Turns a connection into a tombstone; returns its last summary.
fn make_tombstone(
    w: &mut Writer<'_>,
    id: RecordId,
    mut connection: Connection,
    facts: LogFacts,
) -> Result<Summary> {
    w.delist::<Connection>(List::Connections, connection.position, |record| {
        &mut record.position
    })?;
    w.unindex(Unique::Connection(&connection.name.canonical()))?;
    w.unindex(Unique::ApiKey(&connection.api_key))?;
    connection.deleted_at = Some(w.now());
    w.record_tombstone(Tombstone::deleted(id));
    w.put(id, &connection)?;
    journal_as(w, Action::ConnectionDelete, id, &connection, facts)?;
    Ok(summary(&connection))
}

/// The profiles and live tokens that use a connection: the first few, and how many more.
///
/// # Errors
///
/// There is no connection of that name.
pub fn users(core: &mut Core, name: &ConnectionName) -> Result<Dependents> {
    let now = core.now();
    core.read(|r| {
        let (id, _) = lookup::named::<Connection>(r, name)?;
        Ok(some_of(users_of(r, id, Clocks::new(r, now))?))
    })
}

fn deletable(
    r: &mut Reader<'_>,
    name: &ConnectionName,
    clocks: Clocks,
) -> Result<(RecordId, Connection)> {
    let (id, connection) = lookup::named::<Connection>(r, name)?;
    let users = users_of(r, id, clocks)?;
    if users.is_empty() {
        return Ok((id, connection));
    }
    Err(Refusal::InUse {
        name: connection.name.to_string(),
        users: some_of(users),
    }
    .into())
}

fn users_of(r: &mut Reader<'_>, id: RecordId, clocks: Clocks) -> Result<Vec<Dependent>> {
    let mut users = restricted_to(r, id)?;
    users.extend(token::live_where(r, clocks, |token| {
        token.connection == Some(id)
    })?);
    Ok(users)
}

/// Names of the profiles whose restriction includes a connection.
fn restricted_to(r: &mut Reader<'_>, id: RecordId) -> Result<Vec<Dependent>> {
    let profiles = lookup::all::<Profile>(r, List::Profiles)?;
    let restricted = profiles
        .into_iter()
        .map(|(_, profile)| profile)
        .filter(|profile| {
            profile
                .restriction
                .as_ref()
                .is_some_and(|only| only.contains(&id))
        });
    Ok(restricted
        .filter_map(|profile| profile.name.map(Dependent::Profile))
        .collect())
}
