//! Lists profiles.

use super::summary::{State, Summary, summarise, summary, usage_of_all};
use crate::barrier::{List, Reader};
use crate::core::Core;
use crate::error::{Dependent, Dependents, Result};
use crate::model::name::ProfileName;
use crate::model::profile::Profile;
use crate::model::time::Time;
use crate::ops::impact::some_of;
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::{lookup, token};

/// All profiles, by name.
///
/// # Errors
///
/// As [`Core::read`].
pub fn list(core: &mut Core) -> Result<Vec<Summary>> {
    let now = core.now();
    core.read(|r| list_within(r, now))
}

/// The profiles in a state, or all of them, by name.
///
/// # Errors
///
/// As [`Core::read`].
pub fn list_in(core: &mut Core, state: Option<State>) -> Result<Vec<Summary>> {
    let mut profiles = list(core)?;
    profiles.retain(|profile| state.is_none_or(|state| profile.state == state));
    Ok(profiles)
}

pub(in crate::ops) fn list_within(r: &mut Reader<'_>, now: Time) -> Result<Vec<Summary>> {
    let clocks = Clocks::new(r, now);
    let mut cache = ReferentCache::default();
    let profiles = lookup::all::<Profile>(r, List::Profiles)?;
    let usage = usage_of_all(r, &profiles, clocks)?;
    let mut list = Vec::with_capacity(profiles.len());
    for (id, profile) in &profiles {
        let usage = usage.get(id).copied().unwrap_or_default();
        list.push(summarise(r, &mut cache, profile, usage, clocks)?);
    }
    list.sort_by_cached_key(|profile| profile.name.as_ref().map(ProfileName::canonical));
    Ok(list)
}

/// The profile of that name.
///
/// # Errors
///
/// There is no profile of that name.
pub fn show(core: &mut Core, name: &ProfileName) -> Result<Summary> {
    let now = core.now();
    core.read(|r| {
        let clocks = Clocks::new(r, now);
        let (id, profile) = lookup::named::<Profile>(r, name)?;
        summary(r, id, &profile, clocks)
    })
}

/// The addresses of a profile's live tokens: the first few, and how many more.
///
/// # Errors
///
/// There is no profile of that name.
pub fn addresses(core: &mut Core, name: &ProfileName) -> Result<Dependents> {
    let now = core.now();
    core.read(|r| {
        let clocks = Clocks::new(r, now);
        let mut cache = ReferentCache::default();
        let (id, profile) = lookup::named::<Profile>(r, name)?;
        let mut addresses = Vec::new();
        let tokens = token::of_profile(r, id, profile.tokens)?;
        token::expect_uses(r, &tokens)?;
        for (id, token) in &tokens {
            let summary = token::summary(r, &mut cache, clocks, (*id, token))?;
            if summary.state.is_live() {
                addresses.push(Dependent::Token(summary.addressed()));
            }
        }
        Ok(some_of(addresses))
    })
}
