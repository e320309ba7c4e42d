//! What is known about a store apart from an older state of it.

use std::collections::{HashMap, HashSet};

use super::decisions::Decisions;
use crate::backend::Backend;
use crate::barrier::{Adoption, List, Reader, Record, State, Store, Tombstones, Unique};
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::email::EmailAddress;
use crate::model::environment::Environment;
use crate::model::id::RecordId;
use crate::model::mail::MailSettings;
use crate::model::otp::Budget;
use crate::model::profile::Profile;
use crate::model::time::Time;
use crate::model::token::TokenRecord;
use crate::ops::records::{code, lookup, mail_settings};

/// What is known about a store apart from an older state of it.
pub(in crate::ops) struct Known<'a> {
    pub(super) tombstones: &'a Tombstones,
    /// The epoch of the older state, which contains everything up to then.
    pub(super) since: u64,
    pub(super) replaced: Option<Replaced>,
    /// Whether these sources cover the newest state that was seen.
    pub(super) complete: bool,
    /// What was decided after the older state, and counts more than the tombstones.
    pub(super) later: Decisions,
}

/// The readable part of the store that is about to be replaced.
pub(super) struct Replaced {
    pub(super) epoch: u64,
    pub(super) latest: Time,
    relation: Relation,
    /// Whether nothing of it was damaged.
    whole: bool,
    slots: Vec<String>,
    tokens: HashMap<RecordId, TokenRecord>,
    profiles: HashMap<RecordId, Profile>,
    connections: HashMap<RecordId, Connection>,
    environments: HashMap<RecordId, Environment>,
    /// By profile.
    budgets: HashMap<RecordId, Budget>,
    /// When codes were mailed, by canonical address.
    mailed: HashMap<String, Vec<Time>>,
    /// By environment; `None` for the general ones.
    mail: HashMap<Option<RecordId>, MailSettings>,
}

/// How the replaced store relates to the backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// It is a later state: what it lacks was removed.
    Continues,
    /// It is an earlier state; the backup contains everything it does.
    Precedes,
    /// Both have changes that the other lacks.
    Parted,
}

/// What the replaced store contains of a record.
pub(super) enum ReplacedRecord<'a, R> {
    /// This version.
    Present(&'a R),
    /// The record was removed permanently.
    Removed,
    /// Unknown.
    Unknown,
}

impl<'a, R> ReplacedRecord<'a, R> {
    pub(super) fn newer(&self) -> Option<&'a R> {
        match self {
            Self::Present(record) => Some(record),
            Self::Removed | Self::Unknown => None,
        }
    }

    pub(super) fn is_removed(&self) -> bool {
        matches!(self, Self::Removed)
    }
}

impl<'a> Known<'a> {
    /// Only what this machine's tombstones contain for a state at epoch `since`. It is `complete`
    /// if that state is the newest.
    pub(in crate::ops) fn remembered(
        tombstones: &'a Tombstones,
        since: u64,
        complete: bool,
    ) -> Self {
        Self {
            tombstones,
            since,
            replaced: None,
            complete,
            later: Decisions::default(),
        }
    }

    /// What this machine's tombstones contain for a history that it adopts.
    pub(in crate::ops) fn followed(
        r: &mut Reader<'_>,
        tombstones: &'a Tombstones,
        adoption: Adoption,
    ) -> Result<Self> {
        Ok(Self {
            later: Decisions::after(r, adoption.entry)?,
            ..Self::remembered(tombstones, adoption.found, true)
        })
    }

    /// Sets the epoch of the older state: what ended later is not in it.
    pub(in crate::ops) fn set_since(&mut self, epoch: u64) {
        self.since = epoch;
    }

    /// Gathers what is known apart from a backup, including from the store to be replaced, if it is
    /// readable.
    pub(super) fn gather(
        copy: &mut Store,
        tombstones: &'a Tombstones,
        present: Option<Box<dyn Backend>>,
    ) -> Result<Self> {
        let since = copy.read(|r| Ok(r.epoch()))?;
        // A store that does not open contributes nothing; that is why it is replaced.
        let replaced = present.and_then(|present| Replaced::read(copy, present).ok());
        let seen = copy.seen_epoch()?.unwrap_or(0);
        let complete = replaced
            .as_ref()
            .is_some_and(|tombstones| tombstones.is_newest(since, seen));
        Ok(Self {
            tombstones,
            since,
            replaced,
            complete,
            later: Decisions::default(),
        })
    }

    pub(super) fn token(&self, id: RecordId) -> ReplacedRecord<'_, TokenRecord> {
        self.replaced_record(id, |replaced| &replaced.tokens)
    }

    pub(super) fn profile(&self, id: RecordId) -> ReplacedRecord<'_, Profile> {
        self.replaced_record(id, |replaced| &replaced.profiles)
    }

    pub(super) fn connection(&self, id: RecordId) -> ReplacedRecord<'_, Connection> {
        self.replaced_record(id, |replaced| &replaced.connections)
    }

    pub(super) fn environment(&self, id: RecordId) -> ReplacedRecord<'_, Environment> {
        self.replaced_record(id, |replaced| &replaced.environments)
    }

    /// The budget of a profile's attempts at codes.
    pub(super) fn budget(&self, profile: RecordId) -> Option<&Budget> {
        self.replaced.as_ref()?.budgets.get(&profile)
    }

    /// When codes were mailed to an address.
    pub(super) fn mailed(&self, canonical: &str) -> Option<&[Time]> {
        self.replaced
            .as_ref()?
            .mailed
            .get(canonical)
            .map(Vec::as_slice)
    }

    /// Whether mail for an environment may have been sent by different settings, its own or the
    /// general ones, than those of the older state.
    pub(super) fn has_other_mail(&self, environment: Option<RecordId>, own: &MailSettings) -> bool {
        match &self.replaced {
            Some(replaced) if replaced.relation == Relation::Precedes => false,
            Some(replaced) => !is_same_mail(own, replaced.mail.get(&environment)),
            // What is unknown about all settings is reported for the store.
            None => false,
        }
    }

    /// Whether a record that the replaced store lacks may have been removed permanently.
    pub(super) fn may_lack(&self) -> bool {
        self.replaced
            .as_ref()
            .is_some_and(|replaced| replaced.relation == Relation::Parted || !replaced.whole)
    }

    /// Whether a key slot may have been removed.
    pub(super) fn may_lack_slot(&self, slot: &str) -> bool {
        let Some(replaced) = &self.replaced else {
            return !self.complete;
        };
        replaced.relation != Relation::Precedes && !replaced.slots.iter().any(|other| other == slot)
    }

    fn replaced_record<'r, R>(
        &'r self,
        id: RecordId,
        records: impl FnOnce(&'r Replaced) -> &'r HashMap<RecordId, R>,
    ) -> ReplacedRecord<'r, R> {
        let Some(replaced) = &self.replaced else {
            return ReplacedRecord::Unknown;
        };
        match records(replaced).get(&id) {
            Some(record) => ReplacedRecord::Present(record),
            None if replaced.relation == Relation::Continues && replaced.whole => {
                ReplacedRecord::Removed
            }
            None => ReplacedRecord::Unknown,
        }
    }
}

impl Replaced {
    fn read(copy: &mut Store, present: Box<dyn Backend>) -> Result<Self> {
        let mut store = copy.open_sibling(present, &State::off())?;
        let relation = relation(copy, &mut store)?;
        let wanted = copy.read(WantedRecords::of)?;
        let slots = store.slots().into_iter().map(|slot| slot.id).collect();
        store.read(|r| {
            let mut replaced = Self {
                epoch: r.epoch(),
                latest: r.wall_max(),
                relation,
                whole: true,
                slots,
                tokens: HashMap::new(),
                profiles: HashMap::new(),
                connections: HashMap::new(),
                environments: HashMap::new(),
                budgets: HashMap::new(),
                mailed: HashMap::new(),
                mail: HashMap::new(),
            };
            if relation != Relation::Precedes {
                replaced.fill(r, &wanted);
            }
            Ok(replaced)
        })
    }

    /// Reads what is readable: each part is verified, whatever the state of the others.
    fn fill(&mut self, r: &mut Reader<'_>, wanted: &WantedRecords) {
        for part in 0..=u8::MAX {
            match r.part::<TokenRecord>(part) {
                Ok(tokens) => self.tokens.extend(tokens),
                Err(_) => self.whole = false,
            }
        }
        let mut whole = true;
        self.profiles = these(r, &wanted.profiles, &mut whole);
        self.connections = these(r, &wanted.connections, &mut whole);
        self.environments = these(r, &wanted.environments, &mut whole);
        for profile in &wanted.profiles {
            match budget(r, *profile) {
                Ok(Some(budget)) => drop(self.budgets.insert(*profile, budget)),
                Ok(None) => {}
                Err(_) => whole = false,
            }
        }
        for address in &wanted.addresses {
            match code::mailbox::mailed(r, address) {
                Ok(times) => drop(self.mailed.insert(address.canonical(), times)),
                Err(_) => whole = false,
            }
        }
        for environment in wanted.environments.iter().copied().map(Some).chain([None]) {
            match mail_settings::settings_of(r, environment) {
                Ok(Some(settings)) => drop(self.mail.insert(environment, settings)),
                Ok(None) => {}
                Err(_) => whole = false,
            }
        }
        self.whole &= whole;
    }

    fn is_newest(&self, since: u64, seen: u64) -> bool {
        let known = if self.relation == Relation::Precedes {
            since
        } else {
            self.epoch
        };
        self.whole && known >= seen
    }
}

/// The records of the backup, of the kinds with few records.
struct WantedRecords {
    profiles: Vec<RecordId>,
    connections: Vec<RecordId>,
    environments: Vec<RecordId>,
    /// The addresses of profiles.
    addresses: Vec<EmailAddress>,
}

impl WantedRecords {
    fn of(r: &mut Reader<'_>) -> Result<Self> {
        fn ids<R>(records: Vec<(RecordId, R)>) -> Vec<RecordId> {
            records.into_iter().map(|(id, _)| id).collect()
        }
        let profiles = lookup::all::<Profile>(r, List::Profiles)?;
        Ok(Self {
            addresses: profiles
                .iter()
                .filter_map(|(_, profile)| profile.email.clone())
                .collect(),
            profiles: ids(profiles),
            connections: ids(lookup::all::<Connection>(r, List::Connections)?),
            environments: ids(lookup::all::<Environment>(r, List::Environments)?),
        })
    }
}

fn these<R: Record>(
    r: &mut Reader<'_>,
    ids: &[RecordId],
    whole: &mut bool,
) -> HashMap<RecordId, R> {
    let mut records = HashMap::new();
    for id in ids {
        match r.get::<R>(*id) {
            Ok(Some(record)) => drop(records.insert(*id, record)),
            Ok(None) => {}
            Err(_) => *whole = false,
        }
    }
    records
}

fn budget(r: &mut Reader<'_>, profile: RecordId) -> Result<Option<Budget>> {
    match r.find(Unique::Budget(profile))? {
        Some(id) => r.require(id).map(Some),
        None => Ok(None),
    }
}

fn relation(copy: &mut Store, present: &mut Store) -> Result<Relation> {
    let ours = end(copy)?;
    let theirs = end(present)?;
    if theirs.0 >= ours.0 && passes(present, &ours)? {
        return Ok(Relation::Continues);
    }
    // Both may have the same newest entry and differ in what is not logged.
    if ours.0 >= theirs.0 && passes(copy, &theirs)? {
        return Ok(Relation::Precedes);
    }
    Ok(Relation::Parted)
}

/// The epoch, and the number and the hash of the newest entry of the log.
type LogPosition = (u64, u64, [u8; 32]);

fn end(store: &mut Store) -> Result<LogPosition> {
    store.read(|r| {
        let head = r.log_head();
        Ok((r.epoch(), head.seq, head.head))
    })
}

/// Whether the log of a store contains that position.
fn passes(store: &mut Store, end: &LogPosition) -> Result<bool> {
    let (_, seq, head) = *end;
    store.read(|r| {
        let start = r.log_start();
        let mut passes = (start.seq, start.head) == (seq, head);
        let followed = r.log_whole(&mut |at, _| {
            passes |= (at.seq, at.head) == (seq, head);
            Ok(())
        });
        // A damaged log proves nothing.
        Ok(followed.is_ok() && passes)
    })
}

/// The connections that stay.
pub(super) type Survivors = HashSet<RecordId>;

/// Whether mail is sent as in the older state. Passwords are not compared: setting one replaces all
/// the settings.
pub(super) fn is_same_mail(own: &MailSettings, newer: Option<&MailSettings>) -> bool {
    let parts = |settings: &MailSettings| {
        (
            settings.updated_at,
            settings.transport.clone(),
            settings.from.clone(),
        )
    };
    newer.is_some_and(|newer| parts(newer) == parts(own))
}
