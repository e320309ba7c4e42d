//! Merges a record of an older state with what else is known of it: the stricter of both.
//!
//! Revoked, deleted, suspended and blocked win, and so do the earlier expiry and the shorter
//! lifetime. Deny rules are united. Allow lists, restrictions and the linked group are the replaced
//! store's where it has them, else the backup's. A group, which grants access, is kept if both have
//! it; a password if it is equal in both.

use super::decisions::Matter;
use super::known::{Known, ReplacedRecord, Survivors};
use crate::barrier::Remembered;
use crate::model::address::AddressRange;
use crate::model::connection::{Block, Connection};
use crate::model::environment::Environment;
use crate::model::id::RecordId;
use crate::model::otp::Budget;
use crate::model::profile::{Failures, Profile, Suspension};
use crate::model::time::Time;
use crate::model::token::TokenRecord;
use crate::ops::records::journal::AS_BEFORE;

/// The result for a record of the older state.
#[derive(Debug)]
pub(super) enum Merged<R> {
    /// It is unchanged.
    Same,
    /// It becomes this stricter version.
    Stricter(R),
    /// It is revoked or deleted.
    Ended,
}

impl<R> Merged<R> {
    fn of(differs: bool, merged: R) -> Self {
        if differs {
            Self::Stricter(merged)
        } else {
            Self::Same
        }
    }
}

pub(super) fn token(
    id: RecordId,
    own: &TokenRecord,
    known: &Known<'_>,
    now: Time,
) -> Merged<TokenRecord> {
    let replaced = known.token(id);
    let remembered = known.tombstones.of(id);
    let newer = replaced.newer();
    if has_ended(remembered, &replaced, |record| record.revoked.is_some()) {
        return Merged::Ended;
    }
    let suspensions = [
        newer.and_then(|record| record.suspended.clone()),
        suspended_since(remembered, known.since, now)
            .filter(|_| !known.later.has(Matter::Suspension, &own.public)),
    ];
    let ends = [
        newer.and_then(|record| record.expires_at),
        remembered.end(known.since),
    ];
    let merged = TokenRecord {
        suspended: longest(own.suspended.as_ref(), suspensions, now),
        expires_at: ends.into_iter().flatten().chain(own.expires_at).min(),
        allow_ip: narrowed(&own.allow_ip, newer.map(|record| &*record.allow_ip)),
        ..own.clone()
    };
    let differs = merged.suspended != own.suspended
        || merged.expires_at != own.expires_at
        || merged.allow_ip != own.allow_ip;
    Merged::of(differs, merged)
}

pub(super) fn profile(
    id: RecordId,
    own: &Profile,
    known: &Known<'_>,
    survivors: &Survivors,
    now: Time,
) -> Merged<Profile> {
    let replaced = known.profile(id);
    let remembered = known.tombstones.of(id);
    let newer = replaced.newer();
    if has_ended(remembered, &replaced, |record| record.deleted_at.is_some()) {
        return Merged::Ended;
    }
    let suspensions = [
        newer.and_then(|record| record.suspended.clone()),
        suspended_since(remembered, known.since, now)
            .filter(|_| !known.later.has(Matter::Suspension, &id)),
    ];
    let password_changed =
        remembered.password_changed(known.since) && !known.later.has(Matter::Password, &id);
    let mut merged = Profile {
        suspended: longest(own.suspended.as_ref(), suspensions, now),
        restriction: restriction(own, newer, survivors),
        failures: newer.map_or(own.failures, |record| most(own.failures, record.failures)),
        ..own.clone()
    };
    if let Some(newer) = newer {
        merged.groups.retain(|group| newer.is_member_of(group));
    }
    if !keeps_password(own, newer, known, password_changed) {
        merged.password = None;
        merged.failures = Failures::default();
    }
    let differs = narrows(own, &merged)
        || merged.password.is_some() != own.password.is_some()
        || merged.failures != own.failures;
    Merged::of(differs, merged)
}

/// Whether a profile may do less than before, apart from its password.
pub(super) fn narrows(own: &Profile, merged: &Profile) -> bool {
    merged.suspended != own.suspended
        || merged.restriction != own.restriction
        || merged.groups.len() != own.groups.len()
}

/// Whether the password is kept. One that was changed may have leaked.
fn keeps_password(
    own: &Profile,
    newer: Option<&Profile>,
    known: &Known<'_>,
    changed: bool,
) -> bool {
    let Some(password) = &own.password else {
        return true;
    };
    let Some(newer) = newer else { return !changed };
    let same = newer
        .password
        .as_ref()
        .is_some_and(|newest| newest.phc == password.phc);
    // The newest state's password is the current one, whatever it was in between.
    same && (!changed || known.complete)
}

pub(super) fn connection(
    id: RecordId,
    own: &Connection,
    known: &Known<'_>,
    now: Time,
) -> Merged<Connection> {
    let replaced = known.connection(id);
    let remembered = known.tombstones.of(id);
    let newer = replaced.newer();
    if has_ended(remembered, &replaced, |record| record.deleted_at.is_some()) {
        return Merged::Ended;
    }
    let blocked = remembered.blocked(known.since) && !known.later.has(Matter::Block, &id);
    let block = blocked.then(|| Block {
        at: now,
        reason: reason(),
    });
    let mut merged = Connection {
        blocked: own
            .blocked
            .clone()
            .or_else(|| newer?.blocked.clone())
            .or(block),
        group: newer
            .and_then(|record| record.group.clone())
            .or_else(|| own.group.clone()),
        allow_ip: narrowed(&own.allow_ip, newer.map(|record| &*record.allow_ip)),
        token_lifetime: own
            .token_lifetime
            .into_iter()
            .chain(newer.and_then(|record| record.token_lifetime))
            .min(),
        ..own.clone()
    };
    for range in newer.map(|record| &*record.deny_ip).unwrap_or_default() {
        if !merged.deny_ip.contains(range) {
            merged.deny_ip.push(*range);
        }
    }
    let differs = merged.blocked != own.blocked
        || merged.group != own.group
        || merged.allow_ip != own.allow_ip
        || merged.deny_ip != own.deny_ip
        || merged.token_lifetime != own.token_lifetime;
    Merged::of(differs, merged)
}

pub(super) fn environment(id: RecordId, known: &Known<'_>) -> Merged<Environment> {
    let replaced = known.environment(id);
    let remembered = known.tombstones.of(id);
    if has_ended(remembered, &replaced, |record| record.deleted_at.is_some()) {
        return Merged::Ended;
    }
    Merged::Same
}

/// The merged attempts of a profile; `None` if unchanged.
pub(super) fn budget(own: &Budget, newer: &Budget) -> Option<Budget> {
    let mut tries = own.tries.clone();
    tries.extend(newer.tries.iter().filter(|at| !own.tries.contains(at)));
    tries.sort_unstable();
    tries.drain(..tries.len().saturating_sub(Budget::ATTEMPTS_PER_HOUR));
    let failures = own.failures.max(newer.failures);
    let differs = tries != own.tries || failures != own.failures;
    differs.then(|| Budget {
        tries,
        failures,
        ..own.clone()
    })
}

/// The merged times of codes mailed to an address; `None` if unchanged.
pub(super) fn mailed(own: &[Time], newer: &[Time]) -> Option<Vec<Time>> {
    let mut mailed = own.to_vec();
    mailed.extend(newer.iter().filter(|at| !own.contains(at)));
    mailed.sort_unstable();
    (mailed.len() > own.len()).then_some(mailed)
}

/// The suspension in force that ends last.
fn longest(
    own: Option<&Suspension>,
    others: [Option<Suspension>; 2],
    now: Time,
) -> Option<Suspension> {
    let end = |suspension: &Suspension| suspension.until.unwrap_or(Time::from_seconds(i64::MAX));
    let mut longest = own.cloned();
    for other in others
        .into_iter()
        .flatten()
        .filter(|suspension| suspension.holds(now))
    {
        let shorter = longest
            .as_ref()
            .is_none_or(|suspension| !suspension.holds(now) || end(suspension) < end(&other));
        if shorter {
            longest = Some(other);
        }
    }
    longest
}

/// The suspension that this machine's tombstones contain, if it is later than the older state.
fn suspended_since(remembered: Remembered<'_>, since: u64, now: Time) -> Option<Suspension> {
    let until = remembered.suspended(since)?;
    Some(Suspension {
        at: now,
        reason: reason(),
        until,
    })
}

/// Whether a record is revoked or deleted, according to the tombstones or the replaced store.
/// `is_final` tells it from the replaced store's record.
fn has_ended<R>(
    remembered: Remembered<'_>,
    replaced: &ReplacedRecord<'_, R>,
    is_final: impl FnOnce(&R) -> bool,
) -> bool {
    remembered.has_ended() || replaced.is_removed() || replaced.newer().is_some_and(is_final)
}

fn reason() -> Option<crate::model::text::FreeText> {
    AS_BEFORE.parse().ok()
}

/// The merged allow list; an empty list means no restriction.
fn narrowed(own: &[AddressRange], newer: Option<&[AddressRange]>) -> Vec<AddressRange> {
    newer
        .filter(|newer| !newer.is_empty())
        .unwrap_or(own)
        .to_vec()
}

/// The connections that a profile may use. A deleted connection never turns a restriction into
/// "any".
fn restriction(
    own: &Profile,
    newer: Option<&Profile>,
    survivors: &Survivors,
) -> Option<Vec<RecordId>> {
    let mut ids = newer
        .and_then(|record| record.restriction.clone())
        .or_else(|| own.restriction.clone())?;
    ids.retain(|id| survivors.contains(id));
    Some(ids)
}

fn most(own: Failures, newer: Failures) -> Failures {
    if newer.count > own.count { newer } else { own }
}
