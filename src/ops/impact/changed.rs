//! The records that a transaction changed, before and after.

use std::collections::{HashMap, HashSet};

use crate::barrier::{Record, Writer};
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::RecordId;
use crate::model::profile::Profile;
use crate::model::time::Time;
use crate::model::token::TokenRecord;
use crate::model::verdict::{same_for_connection, same_for_profile};

/// A record before and after a change.
pub(in crate::ops) struct Pair<R> {
    pub(in crate::ops) before: R,
    pub(in crate::ops) after: R,
}

/// The records that a transaction changed.
pub(in crate::ops) struct ChangedRecords {
    pub(in crate::ops) profiles: HashMap<RecordId, Pair<Profile>>,
    pub(super) connections: HashMap<RecordId, Pair<Connection>>,
    pub(super) environments: HashMap<RecordId, Pair<Environment>>,
    pub(super) tokens: HashMap<RecordId, Pair<TokenRecord>>,
    /// Records that are new.
    pub(super) added: HashSet<RecordId>,
}

impl ChangedRecords {
    pub(in crate::ops) fn of(w: &mut Writer<'_>) -> Result<Self> {
        Ok(Self {
            profiles: pairs(w)?,
            connections: pairs(w)?,
            environments: pairs(w)?,
            tokens: pairs(w)?,
            added: w.added(),
        })
    }

    /// The changed profiles for which a verdict may differ.
    pub(super) fn judged_profiles(&self) -> impl Iterator<Item = (RecordId, &Pair<Profile>)> {
        let judged = |pair: &Pair<Profile>| !same_for_profile(&pair.before, &pair.after);
        self.profiles
            .iter()
            .map(|(id, pair)| (*id, pair))
            .filter(move |(_, pair)| judged(pair))
    }

    /// The changed connections for which a verdict may differ.
    pub(super) fn judged_connections(&self) -> impl Iterator<Item = (RecordId, &Pair<Connection>)> {
        let judged = |pair: &Pair<Connection>| !same_for_connection(&pair.before, &pair.after);
        self.connections
            .iter()
            .map(|(id, pair)| (*id, pair))
            .filter(move |(_, pair)| judged(pair))
    }

    /// Whether a password was accepted before and is not after.
    pub(super) fn stops_a_password(&self, now: Time) -> bool {
        self.profiles.values().any(|Pair { before, after }| {
            let before = accepted(before, now);
            before.is_some() && before != accepted(after, now)
        })
    }
}

/// The hash of the password with which a profile can sign in.
fn accepted(profile: &Profile, now: Time) -> Option<&str> {
    let suspended = profile
        .suspended
        .as_ref()
        .is_some_and(|suspension| suspension.holds(now));
    let password = profile
        .password
        .as_ref()
        .map(|password| password.phc.as_str());
    password.filter(|_| !suspended && profile.deleted_at.is_none())
}

fn pairs<R: Record>(w: &mut Writer<'_>) -> Result<HashMap<RecordId, Pair<R>>> {
    let mut pairs = HashMap::new();
    for (id, before) in w.originals::<R>()? {
        if let Some(after) = w.get::<R>(id)? {
            pairs.insert(id, Pair { before, after });
        }
    }
    Ok(pairs)
}
