//! Summaries of profiles.

use std::collections::HashMap;

use serde::Serialize;

use crate::barrier::Reader;
use crate::error::Result;
use crate::model::email::EmailAddress;
use crate::model::id::RecordId;
use crate::model::name::{ConnectionName, GroupName, ProfileName};
use crate::model::profile::{Profile, Suspension};
use crate::model::text::FreeText;
use crate::model::time::Time;
use crate::model::token::TokenRecord;
use crate::ops::password;
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::{lookup, token};

/// Whether a profile is active.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Active.
    Active,
    /// Suspended.
    Suspended,
}

impl State {
    /// All states.
    pub const ALL: [Self; 2] = [Self::Active, Self::Suspended];

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

/// A profile, as displayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its name; `None` once it is deleted.
    pub name: Option<ProfileName>,
    /// The address that codes are mailed to.
    pub email: Option<EmailAddress>,
    /// Description.
    pub description: Option<FreeText>,
    /// The groups it is in.
    pub groups: Vec<GroupName>,
    /// The connections it may use; `None` means any.
    pub connections: Option<Vec<ConnectionName>>,
    /// Whether it is active.
    pub state: State,
    /// Its suspension, while it is in force.
    pub suspended: Option<Suspension>,
    /// Whether it has a password.
    pub has_password: bool,
    /// The number of its live tokens.
    pub tokens: u32,
    /// Time of creation.
    pub created_at: Time,
    /// When anything but its tokens last changed.
    pub updated_at: Time,
    /// When one of its tokens or its password was last accepted.
    pub last_used_at: Option<Time>,
    /// Failed sign-ins since the last successful one.
    pub failures: u32,
    /// The delay or lock that the failures caused.
    pub password_lock: Option<password::Lock>,
}

/// The use of a profile's tokens.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Usage {
    live: u32,
    last: Option<Time>,
}

impl Usage {
    fn count(
        &mut self,
        r: &mut Reader<'_>,
        (id, token): (RecordId, &TokenRecord),
        profile: &Profile,
        clocks: Clocks,
    ) -> Result<()> {
        let live = token::is_live(token, profile, clocks)
            && !token::ended_with_parent(r, token, profile, clocks)?;
        self.live += u32::from(live);
        self.last = self
            .last
            .max(token::with_last_use(r, id, token)?.last_used_at);
        Ok(())
    }
}

pub(super) fn usage_of_all(
    r: &mut Reader<'_>,
    profiles: &[(RecordId, Profile)],
    clocks: Clocks,
) -> Result<HashMap<RecordId, Usage>> {
    let owners: HashMap<_, _> = profiles
        .iter()
        .map(|(id, profile)| (*id, profile))
        .collect();
    let mut usage: HashMap<RecordId, Usage> = HashMap::new();
    lookup::each::<TokenRecord>(r, |r, id, token| match owners.get(&token.owner) {
        Some(owner) => {
            let own = usage.entry(token.owner).or_default();
            own.count(r, (id, &token), owner, clocks)
        }
        None => Ok(()),
    })?;
    Ok(usage)
}

/// The summary of a profile, with the use of its tokens.
pub(super) fn summary(
    r: &mut Reader<'_>,
    id: RecordId,
    profile: &Profile,
    clocks: Clocks,
) -> Result<Summary> {
    let mut usage = Usage::default();
    let tokens = token::of_profile(r, id, profile.tokens)?;
    token::expect_uses(r, &tokens)?;
    for (id, token) in &tokens {
        usage.count(r, (*id, token), profile, clocks)?;
    }
    summarise(r, &mut ReferentCache::default(), profile, usage, clocks)
}

pub(super) fn summarise(
    r: &mut Reader<'_>,
    cache: &mut ReferentCache,
    profile: &Profile,
    usage: Usage,
    clocks: Clocks,
) -> Result<Summary> {
    let restriction = profile.restriction.as_ref();
    let connections = restriction
        .map(|ids| cache.connection_names(r, ids))
        .transpose()?;
    let suspended = profile
        .suspended
        .clone()
        .filter(|suspension| suspension.holds(clocks.now));
    let secret = profile.password.as_ref();
    Ok(Summary {
        name: profile.name.clone(),
        email: profile.email.clone(),
        description: profile.description.clone(),
        groups: profile.groups.clone(),
        connections,
        state: if suspended.is_some() {
            State::Suspended
        } else {
            State::Active
        },
        suspended,
        has_password: secret.is_some(),
        tokens: usage.live,
        created_at: profile.created_at,
        updated_at: profile.updated_at,
        last_used_at: usage.last.max(secret.and_then(|secret| secret.used_at)),
        failures: profile.failures.count,
        password_lock: password::Lock::of(profile.failures, clocks.now),
    })
}
