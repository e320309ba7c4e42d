//! Changes a profile.

use super::address;
use super::draft::Edits;
use super::journal::journal_as;
use super::membership::{self, sorted};
use super::summary::{Summary, summary};
use crate::barrier::{Reader, Writer};
use crate::core::Core;
use crate::error::{Error, Refusal, Result};
use crate::model::audit::Action;
use crate::model::email::EmailAddress;
use crate::model::id::RecordId;
use crate::model::invalid::Invalid;
use crate::model::name::{ConnectionName, GroupName, ProfileName};
use crate::model::profile::{Failures, Profile};
use crate::ops::edit::Changed;
use crate::ops::impact::{self, Impact};
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::journal::{LogFacts, listed};
use crate::ops::records::{code, lookup};

/// Changes a profile. Its tokens follow at once: they are judged when they are used.
///
/// # Errors
///
/// There is no profile or connection of that name; the new name is taken; something is both added
/// and removed; or the last connection of the restriction would be removed.
pub fn edit(core: &mut Core, name: &ProfileName, edits: &Edits) -> Result<Changed<Summary>> {
    core.write(|w| edit_within(w, name, edits))
}

/// The result of changing a profile, and its impact. Changes nothing.
///
/// # Errors
///
/// As [`edit`].
pub fn preview_edit(
    core: &mut Core,
    name: &ProfileName,
    edits: &Edits,
) -> Result<(Changed<Summary>, Impact)> {
    impact::preview(core, |w| edit_within(w, name, edits))
}

/// As [`edit`], within a transaction.
pub(in crate::ops) fn edit_within(
    w: &mut Writer<'_>,
    name: &ProfileName,
    edits: &Edits,
) -> Result<Changed<Summary>> {
    check(edits)?;
    let clocks = Clocks::new(w, w.now());
    let (id, before) = lookup::named::<Profile>(w, name)?;
    let (mut after, absent) = edited(w, &before, edits)?;
    let mut facts = differences(w, &before, &after)?;
    if edits.unlock {
        facts.change("codes_tried", Some(code::budget::reset(w, id)?), Some(0));
    }
    if facts.is_empty() {
        let summary = summary(w, id, &before, clocks)?;
        return Ok(Changed {
            absent,
            ..Changed::already(summary)
        });
    }
    store(w, id, &before, &mut after)?;
    journal_as(w, Action::ProfileEdit, id, &after, facts)?;
    Ok(Changed {
        absent,
        ..Changed::made(summary(w, id, &after, clocks)?)
    })
}

fn check(edits: &Edits) -> Result<()> {
    edits.connections.check(ConnectionName::same_as)?;
    edits.groups.check(GroupName::same_as)?;
    let touched = !(edits.connections.add.is_empty() && edits.connections.remove.is_empty());
    if edits.any_connection && touched {
        let why = "the restriction is both lifted and changed";
        return Err(Invalid::new("a valid change", why).into());
    }
    Ok(())
}

fn edited(r: &mut Reader<'_>, before: &Profile, edits: &Edits) -> Result<(Profile, Vec<String>)> {
    let mut absent = Vec::new();
    let restriction = restriction(r, before, edits, &mut absent)?;
    let Edits {
        email,
        description,
        connections: _,
        any_connection: _,
        groups,
        rename,
        unlock,
    } = edits;
    let mut after = Profile {
        name: rename.clone().or_else(|| before.name.clone()),
        email: email.applied(before.email.as_ref()),
        description: description.applied(before.description.as_ref()),
        restriction,
        failures: if *unlock {
            Failures::default()
        } else {
            before.failures
        },
        ..before.clone()
    };
    groups.apply(&mut after.groups, GroupName::same_as, &mut absent);
    after.groups = sorted(after.groups);
    Ok((after, absent))
}

/// The restriction after the change. A removal never turns it into "any".
fn restriction(
    r: &mut Reader<'_>,
    before: &Profile,
    edits: &Edits,
    absent: &mut Vec<String>,
) -> Result<Option<Vec<RecordId>>> {
    if edits.any_connection {
        return Ok(None);
    }
    let add = &edits.connections.add;
    let remove = &edits.connections.remove;
    if add.is_empty() && remove.is_empty() {
        return Ok(before.restriction.clone());
    }
    let name = before
        .name
        .clone()
        .ok_or(Error::Bug("a deleted profile is changed"))?;
    if before.restriction.is_none() && !remove.is_empty() {
        let why = format!(
            "profile `{name}` may use any connection; use `--add-connection` to restrict it"
        );
        return Err(Refusal::State(why).into());
    }
    let mut ids = before.restriction.clone().unwrap_or_default();
    for connection in remove {
        let gone = membership::connection_ids(r, std::slice::from_ref(connection))?;
        if !ids.iter().any(|id| gone.contains(id)) {
            absent.push(connection.to_string());
        }
        ids.retain(|id| !gone.contains(id));
    }
    for id in membership::connection_ids(r, add)? {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    if ids.is_empty() {
        return Err(Refusal::LastConnection(name).into());
    }
    Ok(Some(ids))
}

fn store(w: &mut Writer<'_>, id: RecordId, before: &Profile, after: &mut Profile) -> Result<()> {
    if let (Some(old), Some(new)) = (&before.name, &after.name) {
        lookup::rename::<Profile>(w, id, old, new)?;
    }
    let canonical = |profile: &Profile| profile.email.as_ref().map(EmailAddress::canonical);
    if canonical(before) != canonical(after) {
        address::leave(w, after)?;
        address::enter(w, id, after)?;
        // Whoever reads the old mailbox must not be able to use the codes sent to it.
        code::withdraw_all_of(w, id)?;
    }
    after.updated_at = w.now();
    w.put(id, after)
}

fn differences(r: &mut Reader<'_>, before: &Profile, after: &Profile) -> Result<LogFacts> {
    let mut facts = LogFacts::new();
    facts.change("name", before.name.as_ref(), after.name.as_ref());
    facts.change("email", before.email.as_ref(), after.email.as_ref());
    facts.change(
        "description",
        before.description.as_ref(),
        after.description.as_ref(),
    );
    facts.list("groups", &before.groups, &after.groups);
    facts.change(
        "failures",
        Some(before.failures.count),
        Some(after.failures.count),
    );
    if before.restriction != after.restriction {
        let mut cache = ReferentCache::default();
        let mut names = |restriction: &Option<Vec<RecordId>>| match restriction {
            Some(ids) => cache.connection_names(r, ids).map(|names| listed(&names)),
            None => Ok("any".to_owned()),
        };
        let old = names(&before.restriction)?;
        let new = names(&after.restriction)?;
        facts.change("connections", Some(old), Some(new));
    }
    Ok(facts)
}
