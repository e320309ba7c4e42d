//! Lists environments.

use super::summary::{Summary, summary};
use crate::barrier::{List, Reader};
use crate::core::Core;
use crate::error::Result;
use crate::model::environment::Environment;
use crate::model::name::EnvironmentName;
use crate::ops::records::lookup;

/// All environments, by name.
///
/// # Errors
///
/// As [`Core::read`].
pub fn list(core: &mut Core) -> Result<Vec<Summary>> {
    core.read(list_within)
}

pub(in crate::ops) fn list_within(r: &mut Reader<'_>) -> Result<Vec<Summary>> {
    let environments = lookup::all::<Environment>(r, List::Environments)?;
    let mut list: Vec<_> = environments
        .iter()
        .map(|(_, environment)| summary(environment))
        .collect();
    list.sort_by_cached_key(|environment| environment.name.canonical());
    Ok(list)
}

/// The environment of that name.
///
/// # Errors
///
/// There is no environment of that name.
pub fn show(core: &mut Core, name: &EnvironmentName) -> Result<Summary> {
    core.read(|r| Ok(summary(&lookup::named::<Environment>(r, name)?.1)))
}

/// The default environment.
///
/// # Errors
///
/// As [`Core::read`].
pub fn default(core: &mut Core) -> Result<Summary> {
    core.read(|r| Ok(summary(&lookup::default_environment(r)?.1)))
}
