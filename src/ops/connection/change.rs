//! Changes a connection, and rotates its API key.

use super::draft::Edits;
use super::journal::journal_as;
use super::summary::{Summary, summary};
use crate::barrier::{Unique, Writer};
use crate::core::Core;
use crate::error::{Refusal, Result};
use crate::model::address::AddressRange;
use crate::model::audit::Action;
use crate::model::connection::Connection;
use crate::model::id::ApiKey;
use crate::model::name::ConnectionName;
use crate::ops::edit::{Change, Changed};
use crate::ops::impact::{self, Impact};
use crate::ops::records::journal::LogFacts;
use crate::ops::records::lookup;

/// Changes a connection. A new token lifetime applies to tokens issued from now on.
///
/// # Errors
///
/// There is no connection of that name; the new name is taken; an address range is both added and
/// removed; or the last allowed range would be removed without asking for "any address".
pub fn edit(core: &mut Core, name: &ConnectionName, edits: &Edits) -> Result<Changed<Summary>> {
    core.write(|w| edit_within(w, name, edits))
}

/// The result of changing a connection, and its impact. Changes nothing.
///
/// # Errors
///
/// As [`edit`].
pub fn preview_edit(
    core: &mut Core,
    name: &ConnectionName,
    edits: &Edits,
) -> Result<(Changed<Summary>, Impact)> {
    impact::preview(core, |w| edit_within(w, name, edits))
}

/// As [`edit`], within a transaction.
pub(in crate::ops) fn edit_within(
    w: &mut Writer<'_>,
    name: &ConnectionName,
    edits: &Edits,
) -> Result<Changed<Summary>> {
    edits.allow_ip.check(AddressRange::eq)?;
    edits.deny_ip.check(AddressRange::eq)?;
    let (id, before) = lookup::named::<Connection>(w, name)?;
    let (after, absent) = edited(&before, edits);
    // Removing ranges one by one must not end in "from anywhere".
    if after.allow_ip.is_empty() && !before.allow_ip.is_empty() && !edits.any_ip {
        return Err(Refusal::LastRange(before.name).into());
    }
    let facts = differences(&before, &after, &edits.guide);
    if facts.is_empty() {
        return Ok(Changed {
            absent,
            ..Changed::already(summary(&before))
        });
    }
    lookup::rename::<Connection>(w, id, &before.name, &after.name)?;
    w.put(id, &after)?;
    journal_as(w, Action::ConnectionEdit, id, &after, facts)?;
    Ok(Changed {
        absent,
        ..Changed::made(summary(&after))
    })
}

/// Replaces the API key of a connection; the old key is no longer known.
///
/// # Errors
///
/// There is no connection of that name.
pub fn rotate_key(core: &mut Core, name: &ConnectionName) -> Result<Summary> {
    core.write(|w| {
        let (id, mut connection) = lookup::named::<Connection>(w, name)?;
        let old = connection.api_key;
        connection.api_key = ApiKey::generate(w.entropy())?;
        w.unindex(Unique::ApiKey(&old))?;
        w.index(Unique::ApiKey(&connection.api_key), id)?;
        w.put(id, &connection)?;
        let mut facts = LogFacts::new();
        facts.change("api_key", Some(old), Some(connection.api_key));
        journal_as(w, Action::ConnectionRotateKey, id, &connection, facts)?;
        Ok(summary(&connection))
    })
}

fn edited(before: &Connection, edits: &Edits) -> (Connection, Vec<String>) {
    let Edits {
        description,
        group,
        token_lifetime,
        allow_ip,
        deny_ip,
        any_ip,
        guide,
        rename,
    } = edits;
    let mut after = Connection {
        name: rename.as_ref().unwrap_or(&before.name).clone(),
        description: description.applied(before.description.as_ref()),
        group: group.applied(before.group.as_ref()),
        token_lifetime: token_lifetime.applied(before.token_lifetime.as_ref()),
        guide: guide.applied(before.guide.as_ref()),
        ..before.clone()
    };
    let mut absent = Vec::new();
    allow_ip.apply(&mut after.allow_ip, AddressRange::eq, &mut absent);
    deny_ip.apply(&mut after.deny_ip, AddressRange::eq, &mut absent);
    if *any_ip {
        after.allow_ip.clear();
    }
    (after, absent)
}

fn differences<G>(before: &Connection, after: &Connection, guide: &Change<G>) -> LogFacts {
    let mut facts = LogFacts::new();
    facts.change("name", Some(&before.name), Some(&after.name));
    facts.change(
        "description",
        before.description.as_ref(),
        after.description.as_ref(),
    );
    facts.change("group", before.group.as_ref(), after.group.as_ref());
    facts.change(
        "token_lifetime",
        before.token_lifetime,
        after.token_lifetime,
    );
    facts.list("allow_ip", &before.allow_ip, &after.allow_ip);
    facts.list("deny_ip", &before.deny_ip, &after.deny_ip);
    if before.guide != after.guide {
        facts.mention(
            "guide",
            if matches!(guide, Change::Clear) {
                "cleared"
            } else {
                "set"
            },
        );
    }
    facts
}
