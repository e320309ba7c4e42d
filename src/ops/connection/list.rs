//! Lists connections.

use super::summary::{State, Summary, summary};
use crate::barrier::List;
use crate::core::Core;
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::name::ConnectionName;
use crate::model::text::Guide;
use crate::ops::records::lookup;

/// All connections, by name.
///
/// # Errors
///
/// As [`Core::read`].
pub fn list(core: &mut Core) -> Result<Vec<Summary>> {
    let connections = core.read(|r| lookup::all::<Connection>(r, List::Connections))?;
    let mut list: Vec<_> = connections
        .iter()
        .map(|(_, connection)| summary(connection))
        .collect();
    list.sort_by_cached_key(|connection| connection.name.canonical());
    Ok(list)
}

/// The connections in a state, or all of them, by name.
///
/// # Errors
///
/// As [`Core::read`].
pub fn list_in(core: &mut Core, state: Option<State>) -> Result<Vec<Summary>> {
    let mut connections = list(core)?;
    connections.retain(|connection| state.is_none_or(|state| connection.state == state));
    Ok(connections)
}

/// The connection of that name.
///
/// # Errors
///
/// There is no connection of that name.
pub fn show(core: &mut Core, name: &ConnectionName) -> Result<Summary> {
    core.read(|r| Ok(summary(&lookup::named::<Connection>(r, name)?.1)))
}

/// The walkthrough of a connection, if it has one.
///
/// # Errors
///
/// There is no connection of that name.
pub fn guide(core: &mut Core, name: &ConnectionName) -> Result<Option<Guide>> {
    core.read(|r| Ok(lookup::named::<Connection>(r, name)?.1.guide))
}
