//! Profiles: API users, what they may use, and whether they may.

use std::collections::HashMap;

use serde::Serialize;

use super::edit::{Change, ListChange};
use super::impact::some_of;
use super::journal::{self, Facts};
use super::lookup::{self, Moment, Opened};
use super::{Core, password, token};
use crate::barrier::{List, Reader, Writer};
use crate::error::{Dependent, Dependents, Result};
use crate::model::email::EmailAddress;
use crate::model::id::RecordId;
use crate::model::name::{ConnectionName, GroupName, ProfileName};
use crate::model::profile::{Profile, Suspension};
use crate::model::text::FreeText;
use crate::model::time::Time;
use crate::model::token::TokenRecord;
use crate::secret::SecretText;

mod add;
mod address;
mod change;
mod delete;
mod suspend;

pub(super) use add::insert;
pub use add::{add, add_with_token};
pub use address::with_email;
pub(super) use change::edit_within;
pub use change::{edit, foresee_edit};
pub use delete::{delete, foresee_delete};
pub(super) use delete::{delete_again, delete_within};
pub use suspend::{foresee_resume, foresee_suspend, resume, suspend};
pub(super) use suspend::{resume_within, suspend_within};

/// What a profile is to be.
#[derive(Debug)]
pub struct Draft {
    /// Its name.
    pub name: ProfileName,
    /// Where codes are mailed.
    pub email: Option<EmailAddress>,
    /// What it is for.
    pub description: Option<FreeText>,
    /// The connections it may use, which exist; none is any.
    pub connections: Vec<ConnectionName>,
    /// The groups it is in.
    pub groups: Vec<GroupName>,
    /// Its password.
    pub password: Option<SecretText>,
}

impl Draft {
    /// A profile of that name that may use any connection.
    pub fn new(name: ProfileName) -> Self {
        Self {
            name,
            email: None,
            description: None,
            connections: Vec::new(),
            groups: Vec::new(),
            password: None,
        }
    }
}

/// What is to change in a profile.
#[derive(Debug, Clone, Default)]
pub struct Edits {
    /// Where codes are mailed.
    pub email: Change<EmailAddress>,
    /// What it is for.
    pub description: Change<FreeText>,
    /// The connections it may use.
    pub connections: ListChange<ConnectionName>,
    /// Lifts the restriction: it may use any connection, also those made later.
    pub any_connection: bool,
    /// The groups it is in.
    pub groups: ListChange<GroupName>,
    /// Its new name.
    pub rename: Option<ProfileName>,
    /// Forgets failed sign-ins, and with them a lock.
    pub unlock: bool,
}

/// Whether a profile may do anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It may.
    Active,
    /// It may not.
    Suspended,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Active, Self::Suspended];

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

/// A profile, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its name; `None` once it is deleted.
    pub name: Option<ProfileName>,
    /// Where codes are mailed.
    pub email: Option<EmailAddress>,
    /// What it is for.
    pub description: Option<FreeText>,
    /// The groups it is in.
    pub groups: Vec<GroupName>,
    /// The connections it may use; `None` is any.
    pub connections: Option<Vec<ConnectionName>>,
    /// Whether it may do anything.
    pub state: State,
    /// Its suspension, while it is in force.
    pub suspended: Option<Suspension>,
    /// Whether it has a password.
    pub has_password: bool,
    /// How many live tokens it has.
    pub tokens: u32,
    /// When it was made.
    pub created_at: Time,
    /// When anything but its tokens last changed.
    pub updated_at: Time,
    /// When one of its tokens or its password was last good.
    pub last_used_at: Option<Time>,
    /// Failed sign-ins since the last good one.
    pub failures: u32,
    /// The delay or the lock that they have come to.
    pub password_lock: Option<password::Lock>,
}

/// All profiles, by name.
pub fn list(core: &mut Core) -> Result<Vec<Summary>> {
    let now = core.now();
    core.read(|r| list_within(r, now))
}

/// The profiles in a state, or all, by name.
pub fn list_in(core: &mut Core, state: Option<State>) -> Result<Vec<Summary>> {
    let mut profiles = list(core)?;
    profiles.retain(|it| state.is_none_or(|state| it.state == state));
    Ok(profiles)
}

pub(super) fn list_within(r: &mut Reader<'_>, now: Time) -> Result<Vec<Summary>> {
    let (moment, mut opened) = (Moment::new(r, now), Opened::default());
    let profiles = lookup::all::<Profile>(r, List::Profiles)?;
    let usage = usage_of_all(r, &profiles, moment)?;
    let mut list = Vec::with_capacity(profiles.len());
    for (id, profile) in &profiles {
        let usage = usage.get(id).copied().unwrap_or_default();
        list.push(summarise(r, &mut opened, profile, usage, moment)?);
    }
    list.sort_by_cached_key(|it| it.name.as_ref().map(ProfileName::canonical));
    Ok(list)
}

/// One profile.
pub fn show(core: &mut Core, name: &ProfileName) -> Result<Summary> {
    let now = core.now();
    core.read(|r| {
        let moment = Moment::new(r, now);
        let (id, profile) = lookup::named::<Profile>(r, name)?;
        summary(r, id, &profile, moment)
    })
}

/// How the live tokens of a profile are addressed; the first of them, and how many more.
pub fn addresses(core: &mut Core, name: &ProfileName) -> Result<Dependents> {
    let now = core.now();
    core.read(|r| {
        let (moment, mut opened) = (Moment::new(r, now), Opened::default());
        let (id, profile) = lookup::named::<Profile>(r, name)?;
        let mut addresses = Vec::new();
        for (_, token) in token::of_profile(r, id, profile.tokens)? {
            if token::is_live(&token, &profile, moment) {
                let summary = token::summary(r, &mut opened, moment, &token)?;
                addresses.push(Dependent::Token(summary.addressed()));
            }
        }
        Ok(some_of(addresses))
    })
}

/// How much the tokens of a profile are used.
#[derive(Debug, Clone, Copy, Default)]
struct Usage {
    live: u32,
    last: Option<Time>,
}

impl Usage {
    fn count(&mut self, token: &TokenRecord, profile: &Profile, moment: Moment) {
        self.live += u32::from(token::is_live(token, profile, moment));
        self.last = self.last.max(token.last_used_at);
    }
}

fn usage_of_all(
    r: &mut Reader<'_>,
    profiles: &[(RecordId, Profile)],
    moment: Moment,
) -> Result<HashMap<RecordId, Usage>> {
    let owners: HashMap<_, _> = profiles.iter().map(|(id, profile)| (*id, profile)).collect();
    let mut usage: HashMap<RecordId, Usage> = HashMap::new();
    lookup::each::<TokenRecord>(r, |_, _, token| {
        if let Some(owner) = owners.get(&token.owner) {
            usage.entry(token.owner).or_default().count(&token, owner, moment);
        }
        Ok(())
    })?;
    Ok(usage)
}

/// A profile, with the use of its tokens, as it is shown.
fn summary(r: &mut Reader<'_>, id: RecordId, profile: &Profile, moment: Moment) -> Result<Summary> {
    let mut usage = Usage::default();
    for (_, token) in token::of_profile(r, id, profile.tokens)? {
        usage.count(&token, profile, moment);
    }
    summarise(r, &mut Opened::default(), profile, usage, moment)
}

fn summarise(
    r: &mut Reader<'_>,
    opened: &mut Opened,
    profile: &Profile,
    usage: Usage,
    moment: Moment,
) -> Result<Summary> {
    let restriction = profile.restriction.as_ref();
    let connections = restriction.map(|ids| opened.connection_names(r, ids)).transpose()?;
    let suspended = profile.suspended.clone().filter(|it| it.holds(moment.now));
    let secret = profile.password.as_ref();
    Ok(Summary {
        name: profile.name.clone(),
        email: profile.email.clone(),
        description: profile.description.clone(),
        groups: profile.groups.clone(),
        connections,
        state: if suspended.is_some() { State::Suspended } else { State::Active },
        suspended,
        has_password: secret.is_some(),
        tokens: usage.live,
        created_at: profile.created_at,
        updated_at: profile.updated_at,
        last_used_at: usage.last.max(secret.and_then(|it| it.used_at)),
        failures: profile.failures.count,
        password_lock: password::Lock::of(profile.failures, moment.now),
    })
}

/// Groups as they are kept: ascending, each once.
fn sorted(mut groups: Vec<GroupName>) -> Vec<GroupName> {
    groups.sort_by_cached_key(GroupName::canonical);
    groups.dedup_by(|a, b| a.same_as(b));
    groups
}

fn journal_as(
    w: &mut Writer<'_>,
    action: &'static str,
    id: RecordId,
    profile: &Profile,
    facts: Facts,
) -> Result<()> {
    w.audit(action, journal::profile(id, profile), facts.into())
}
