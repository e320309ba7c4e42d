//! Everything that a review judges, from one consistent state of the store.

use data_encoding::HEXLOWER;

use crate::barrier::{List, Reader, SlotSummary};
use crate::core::Core;
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::email::EmailAddress;
use crate::model::name::{ConnectionName, EnvironmentName, GroupName, ProfileName};
use crate::model::profile::Profile;
use crate::model::text::FreeText;
use crate::model::time::Time;
use crate::model::token::TokenRecord;
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::{lookup, mail_settings, token};
use crate::ops::{connection, profile};

/// The objects of a store that a review judges.
#[derive(Debug, Clone)]
pub struct Survey {
    /// The store's id, in hex.
    pub store: String,
    /// The epoch of this state.
    pub epoch: u64,
    /// When it was read.
    pub at: Time,
    /// The profiles, by name.
    pub profiles: Vec<Holder>,
    /// The connections, by name.
    pub connections: Vec<connection::Summary>,
    /// Every token that has a record, by profile and name; those of deleted profiles first.
    pub tokens: Vec<token::Summary>,
    /// The key slots.
    pub keys: Vec<SlotSummary>,
    /// The default environment, if no mail settings apply to it.
    pub without_mail: Option<EnvironmentName>,
}

/// A profile.
#[derive(Debug, Clone)]
pub struct Holder {
    /// Its name.
    pub name: ProfileName,
    /// The address that codes are mailed to.
    pub email: Option<EmailAddress>,
    /// Description.
    pub description: Option<FreeText>,
    /// The groups it is in.
    pub groups: Vec<GroupName>,
    /// The connections it may use, by name; `None` means any.
    pub connections: Option<Vec<ConnectionName>>,
    /// Whether it is active.
    pub state: profile::State,
    /// Its password, if it has one.
    pub password: Option<PasswordUse>,
    /// Time of creation.
    pub created_at: Time,
}

/// When a password was set and used.
#[derive(Debug, Clone, Copy)]
pub struct PasswordUse {
    /// When it was set.
    pub set_at: Time,
    /// When it was last verified.
    pub used_at: Option<Time>,
}

/// Reads the survey.
pub(super) fn take(core: &mut Core) -> Result<Survey> {
    let now = core.now();
    let store = HEXLOWER.encode(&core.store.id());
    let mut survey = core.read(|r| read(r, store, now))?;
    survey.keys = core.store.slots();
    Ok(survey)
}

fn read(r: &mut Reader<'_>, store: String, now: Time) -> Result<Survey> {
    let clocks = Clocks::new(r, now);
    let mut cache = ReferentCache::default();
    let mut tokens = Vec::new();
    lookup::each::<TokenRecord>(r, |r, id, token| {
        tokens.push(token::summary(r, &mut cache, clocks, (id, &token))?);
        Ok(())
    })?;
    tokens.sort_by_cached_key(|token| {
        let profile = token.profile.as_ref().map(ProfileName::canonical);
        (profile, token.name.canonical(), token.id)
    });
    let mut profiles = Vec::new();
    for (_, profile) in lookup::all::<Profile>(r, List::Profiles)? {
        profiles.extend(holder(r, &mut cache, profile, clocks)?);
    }
    profiles.sort_by_cached_key(|profile| profile.name.canonical());
    let connections = lookup::all::<Connection>(r, List::Connections)?;
    let mut connections: Vec<_> = connections
        .iter()
        .map(|(_, connection)| connection::summary(connection))
        .collect();
    connections.sort_by_cached_key(|connection| connection.name.canonical());
    let (id, environment) = lookup::default_environment(r)?;
    let without_mail = mail_settings::settings_for(r, id)?
        .is_none()
        .then_some(environment.name);
    let epoch = r.epoch();
    let keys = Vec::new();
    Ok(Survey {
        store,
        epoch,
        at: now,
        profiles,
        connections,
        tokens,
        keys,
        without_mail,
    })
}

fn holder(
    r: &mut Reader<'_>,
    cache: &mut ReferentCache,
    profile: Profile,
    clocks: Clocks,
) -> Result<Option<Holder>> {
    let restriction = profile.restriction.as_ref();
    let connections = restriction
        .map(|ids| cache.connection_names(r, ids))
        .transpose()?;
    let suspended = profile
        .suspended
        .is_some_and(|suspension| suspension.holds(clocks.now));
    let password = profile.password.map(|password| PasswordUse {
        set_at: password.set_at,
        used_at: password.used_at,
    });
    let state = if suspended {
        profile::State::Suspended
    } else {
        profile::State::Active
    };
    let holder = |name| Holder {
        name,
        email: profile.email,
        description: profile.description,
        groups: profile.groups,
        connections,
        state,
        password,
        created_at: profile.created_at,
    };
    Ok(profile.name.map(holder))
}
