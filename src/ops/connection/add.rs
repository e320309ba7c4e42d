//! Adds a connection.

use super::draft::Draft;
use super::journal::journal_as;
use super::summary::{Summary, summary};
use crate::barrier::{List, Reader, Unique, Writer};
use crate::core::Core;
use crate::error::Result;
use crate::model::address::AddressRange;
use crate::model::audit::Action;
use crate::model::connection::Connection;
use crate::model::id::ApiKey;
use crate::ops::edit::{Added, Differences, IfThere};
use crate::ops::records::journal::{LogFacts, listed};
use crate::ops::records::lookup;

/// Adds a connection.
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

/// Adds a connection within a transaction.
pub(in crate::ops) fn insert(w: &mut Writer<'_>, draft: &Draft) -> Result<Connection> {
    let Draft {
        name,
        description,
        group,
        token_lifetime,
        allow_ip,
        deny_ip,
        guide,
    } = draft;
    lookup::ensure_free::<Connection>(w, name)?;
    let id = w.fresh_id()?;
    let connection = Connection {
        name: name.clone(),
        description: description.clone(),
        api_key: ApiKey::generate(w.entropy())?,
        group: group.clone(),
        token_lifetime: *token_lifetime,
        allow_ip: once_each(allow_ip),
        deny_ip: once_each(deny_ip),
        guide: guide.clone(),
        blocked: None,
        created_at: w.now(),
        deleted_at: None,
        position: w.enlist(List::Connections, id)?,
    };
    w.index(Unique::Connection(&name.canonical()), id)?;
    w.index(Unique::ApiKey(&connection.api_key), id)?;
    w.put(id, &connection)?;
    journal_as(
        w,
        Action::ConnectionAdd,
        id,
        &connection,
        facts_of(&connection),
    )?;
    Ok(connection)
}

fn facts_of(connection: &Connection) -> LogFacts {
    let ranges = |list: &[AddressRange]| (!list.is_empty()).then(|| listed(list));
    LogFacts::new()
        .with("description", connection.description.as_ref())
        .with("group", connection.group.as_ref())
        .with("token_lifetime", connection.token_lifetime)
        .with("allow_ip", ranges(&connection.allow_ip))
        .with("deny_ip", ranges(&connection.deny_ip))
}

fn once_each(ranges: &[AddressRange]) -> Vec<AddressRange> {
    let mut once: Vec<AddressRange> = Vec::new();
    for range in ranges {
        if !once.contains(range) {
            once.push(*range);
        }
    }
    once
}

fn existing(r: &mut Reader<'_>, draft: &Draft) -> Result<Option<Added<Summary>>> {
    let Draft {
        name,
        description,
        group,
        token_lifetime,
        allow_ip,
        deny_ip,
        guide,
    } = draft;
    let Some((_, there)) = lookup::find::<Connection>(r, name)? else {
        return Ok(None);
    };
    let mut differences = Differences::default();
    differences.optional(
        "description",
        description.as_ref(),
        there.description.as_ref(),
    );
    if let Some(group) = group
        && !there
            .group
            .as_ref()
            .is_some_and(|other| other.same_as(group))
    {
        differences.0.push("group");
    }
    differences.optional(
        "token lifetime",
        token_lifetime.as_ref(),
        there.token_lifetime.as_ref(),
    );
    differences.list("allowed addresses", allow_ip, &there.allow_ip);
    differences.list("denied addresses", deny_ip, &there.deny_ip);
    differences.optional("guide", guide.as_ref(), there.guide.as_ref());
    Ok(Some(Added::Existing {
        summary: summary(&there),
        differences: differences.0,
    }))
}
