//! Connections: integrations that tokens are good for.

use serde::Serialize;

use super::edit::{Added, Change, Differences, IfThere, ListChange};
use super::journal::{self, Facts, listed};
use super::{Core, lookup};
use crate::barrier::{List, Reader, Unique, Writer};
use crate::error::Result;
use crate::model::address::AddressRange;
use crate::model::connection::{Block, Connection};
use crate::model::id::{ApiKey, RecordId};
use crate::model::name::{ConnectionName, GroupName};
use crate::model::text::{FreeText, Guide};
use crate::model::time::{Span, Time};

mod block;
mod change;
mod delete;
mod walkthrough;

pub use block::{block, foresee_block, foresee_unblock, unblock};
pub(super) use block::{block_within, unblock_within};
pub(super) use change::edit_within;
pub use change::{edit, foresee_edit, rotate_key};
pub use delete::{delete, foresee_delete, users};
pub(super) use delete::{delete_again, delete_within};
pub use walkthrough::{Names, Walkthrough, Wanted, template, walkthrough};

/// What a connection is to be.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its name.
    pub name: ConnectionName,
    /// What it is.
    pub description: Option<FreeText>,
    /// Only members of this group may use it.
    pub group: Option<GroupName>,
    /// Default and maximum lifetime of its tokens.
    pub token_lifetime: Option<Span>,
    /// Where it may be used from; empty is anywhere.
    pub allow_ip: Vec<AddressRange>,
    /// Where it may not be used from.
    pub deny_ip: Vec<AddressRange>,
    /// The walkthrough.
    pub guide: Option<Guide>,
}

impl Draft {
    /// A connection of that name, open to all.
    pub fn new(name: ConnectionName) -> Self {
        Self {
            name,
            description: None,
            group: None,
            token_lifetime: None,
            allow_ip: Vec::new(),
            deny_ip: Vec::new(),
            guide: None,
        }
    }
}

/// What is to change in a connection.
#[derive(Debug, Clone, Default)]
pub struct Edits {
    /// What it is.
    pub description: Change<FreeText>,
    /// The linked group.
    pub group: Change<GroupName>,
    /// The lifetime of tokens made from now on.
    pub token_lifetime: Change<Span>,
    /// Where it may be used from.
    pub allow_ip: ListChange<AddressRange>,
    /// Where it may not be used from.
    pub deny_ip: ListChange<AddressRange>,
    /// Whether it may be used from anywhere that is not denied.
    pub any_ip: bool,
    /// The walkthrough.
    pub guide: Change<Guide>,
    /// Its new name.
    pub rename: Option<ConnectionName>,
}

/// Whether a connection may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It may.
    Active,
    /// It may not.
    Blocked,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Active, Self::Blocked];

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Blocked => "blocked",
        }
    }
}

/// A connection, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its name.
    pub name: ConnectionName,
    /// What it is.
    pub description: Option<FreeText>,
    /// The identifier that applications carry.
    pub api_key: ApiKey,
    /// Only members of this group may use it.
    pub group: Option<GroupName>,
    /// Default and maximum lifetime of its tokens.
    pub token_lifetime: Option<Span>,
    /// Where it may be used from; empty is anywhere.
    pub allow_ip: Vec<AddressRange>,
    /// Where it may not be used from.
    pub deny_ip: Vec<AddressRange>,
    /// Whether it may be used.
    pub state: State,
    /// Whether it has a walkthrough.
    pub has_guide: bool,
    /// When it was made.
    pub created_at: Time,
    /// Since when it is blocked, if it is.
    pub blocked: Option<Block>,
}

/// Makes a connection.
pub fn add(core: &mut Core, draft: &Draft, if_there: IfThere) -> Result<Added<Summary>> {
    if if_there == IfThere::Compare
        && let Some(existing) = core.read(|r| existing(r, draft))?
    {
        return Ok(existing);
    }
    core.write(|w| Ok(Added::Made(summary(&insert(w, draft)?))))
}

/// All connections, by name.
pub fn list(core: &mut Core) -> Result<Vec<Summary>> {
    let connections = core.read(|r| lookup::all::<Connection>(r, List::Connections))?;
    let mut list: Vec<_> = connections.iter().map(|(_, it)| summary(it)).collect();
    list.sort_by_cached_key(|it| it.name.canonical());
    Ok(list)
}

/// The connections in a state, or all, by name.
pub fn list_in(core: &mut Core, state: Option<State>) -> Result<Vec<Summary>> {
    let mut connections = list(core)?;
    connections.retain(|it| state.is_none_or(|state| it.state == state));
    Ok(connections)
}

/// One connection.
pub fn show(core: &mut Core, name: &ConnectionName) -> Result<Summary> {
    core.read(|r| Ok(summary(&lookup::named::<Connection>(r, name)?.1)))
}

/// The walkthrough of a connection, if it has one.
pub fn guide(core: &mut Core, name: &ConnectionName) -> Result<Option<Guide>> {
    core.read(|r| Ok(lookup::named::<Connection>(r, name)?.1.guide))
}

/// Makes a connection within a transaction.
pub(super) fn insert(w: &mut Writer<'_>, draft: &Draft) -> Result<Connection> {
    let Draft { name, description, group, token_lifetime, allow_ip, deny_ip, guide } = draft;
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
    journal_as(w, "connection.add", id, &connection, facts_of(&connection))?;
    Ok(connection)
}

fn facts_of(connection: &Connection) -> Facts {
    let ranges = |list: &[AddressRange]| (!list.is_empty()).then(|| listed(list));
    Facts::new()
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
    let Draft { name, description, group, token_lifetime, allow_ip, deny_ip, guide } = draft;
    let Some((_, there)) = lookup::find::<Connection>(r, name)? else { return Ok(None) };
    let mut differences = Differences::default();
    differences.optional("description", description.as_ref(), there.description.as_ref());
    if let Some(group) = group
        && !there.group.as_ref().is_some_and(|it| it.same_as(group))
    {
        differences.0.push("group");
    }
    differences.optional("token lifetime", token_lifetime.as_ref(), there.token_lifetime.as_ref());
    differences.list("allowed addresses", allow_ip, &there.allow_ip);
    differences.list("denied addresses", deny_ip, &there.deny_ip);
    differences.optional("guide", guide.as_ref(), there.guide.as_ref());
    Ok(Some(Added::Existing { summary: summary(&there), differences: differences.0 }))
}

pub(super) fn summary(connection: &Connection) -> Summary {
    Summary {
        name: connection.name.clone(),
        description: connection.description.clone(),
        api_key: connection.api_key,
        group: connection.group.clone(),
        token_lifetime: connection.token_lifetime,
        allow_ip: connection.allow_ip.clone(),
        deny_ip: connection.deny_ip.clone(),
        state: if connection.blocked.is_some() { State::Blocked } else { State::Active },
        has_guide: connection.guide.is_some(),
        created_at: connection.created_at,
        blocked: connection.blocked.clone(),
    }
}

fn journal_as(
    w: &mut Writer<'_>,
    action: &'static str,
    id: RecordId,
    connection: &Connection,
    facts: Facts,
) -> Result<()> {
    w.audit(action, journal::connection(id, connection), facts.into())
}
