//! Tombstones: what this machine knows to have ended or to be restricted, outside the store.
//!
//! `STATE/anchors/STORE_ID.revoked` is a head of 24 bytes and entries of 89 bytes, appended and
//! forced to disk before the change that they tell of is committed (`docs/file-format.md`). A record
//! is named by a keyed hash of its id, and each entry has a MAC of its own. Of one kind and one record
//! the last entry counts, so that what was lifted is remembered as well.

use std::collections::HashMap;

use crate::crypto::{Label, MacKey};
use crate::model::id::RecordId;
use crate::model::time::Time;

mod entry;
mod file;
mod kind;

use entry::Entry;
pub(super) use file::TombstoneFile;
use kind::Kind;

const NEVER: Time = Time::from_seconds(i64::MAX);
const LIFTED: Time = Time::from_seconds(0);

/// What became of a record, to be remembered outside the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tombstone {
    id: RecordId,
    kind: Kind,
    /// Until when a suspension holds, and when a replaced token ends.
    end: Time,
    /// From when on nobody needs to know any more.
    keep: Time,
}

impl Tombstone {
    /// A token is revoked. It matters until `keep`: no backup can have it valid for longer.
    pub fn revoked(id: RecordId, keep: Option<Time>) -> Self {
        Self { id, kind: Kind::Revoked, end: NEVER, keep: keep.unwrap_or(NEVER) }
    }

    /// A record is deleted, or removed for good.
    pub fn deleted(id: RecordId) -> Self {
        Self::lasting(id, Kind::Deleted)
    }

    /// A profile or a token is suspended, until then or for good.
    pub fn suspended(id: RecordId, until: Option<Time>) -> Self {
        let until = until.unwrap_or(NEVER);
        Self { id, kind: Kind::Suspended, end: until, keep: until }
    }

    /// Its suspension was lifted.
    pub fn resumed(id: RecordId) -> Self {
        Self { id, kind: Kind::Suspended, end: LIFTED, keep: LIFTED }
    }

    /// A connection is blocked.
    pub fn blocked(id: RecordId) -> Self {
        Self::lasting(id, Kind::Blocked)
    }

    /// Its block was lifted.
    pub fn unblocked(id: RecordId) -> Self {
        Self { id, kind: Kind::Blocked, end: LIFTED, keep: LIFTED }
    }

    /// A token was replaced and ends at `end`; before that it had until `former_end`.
    pub fn replaced(id: RecordId, end: Option<Time>, former_end: Option<Time>) -> Self {
        let (end, keep) = (end.unwrap_or(NEVER), former_end.unwrap_or(NEVER));
        Self { id, kind: Kind::Replaced, end, keep }
    }

    /// A profile has another password, or none any more.
    pub fn password_changed(id: RecordId) -> Self {
        Self::lasting(id, Kind::PasswordChanged)
    }

    fn lasting(id: RecordId, kind: Kind) -> Self {
        Self { id, kind, end: NEVER, keep: NEVER }
    }

    fn entry(&self, epoch: u64, key: &MacKey) -> Entry {
        let Self { id, kind, end, keep } = *self;
        Entry { kind, name: name(key, id), epoch, end, keep }
    }
}

/// What this machine remembers of a store's records.
pub struct Tombstones {
    held: HashMap<(Kind, Name), Entry>,
    key: MacKey,
    newest: u64,
    damaged: bool,
}

impl Tombstones {
    /// Nothing.
    pub(in crate::barrier) fn none(key: MacKey) -> Self {
        Self { held: HashMap::new(), key, newest: 0, damaged: false }
    }

    /// What is remembered of a record.
    pub fn of(&self, id: RecordId) -> Remembered<'_> {
        // Most stores have few, and a keyed hash for each record would be for nothing.
        let name = if self.held.is_empty() { [0; 32] } else { name(&self.key, id) };
        Remembered { tombstones: self, name }
    }

    /// Whether some of it cannot be read.
    pub fn damaged(&self) -> bool {
        self.damaged
    }

    /// The latest epoch of a change that is remembered.
    pub(in crate::barrier) fn newest(&self) -> u64 {
        self.newest
    }

    fn add(&mut self, mut entry: Entry) {
        self.newest = self.newest.max(entry.epoch);
        let earlier = self.held.get(&(entry.kind, entry.name));
        // A token's end may have been lifted and set anew; the oldest backups hold the latest.
        if let Some(earlier) = earlier.filter(|_| entry.kind.bounds_an_end()) {
            entry.keep = entry.keep.max(earlier.keep);
        }
        self.held.insert((entry.kind, entry.name), entry);
    }
}

/// What is remembered of one record.
#[derive(Clone, Copy)]
pub struct Remembered<'a> {
    tombstones: &'a Tombstones,
    name: Name,
}

impl Remembered<'_> {
    /// Whether it is revoked or deleted.
    pub fn has_ended(&self) -> bool {
        self.entry(Kind::Revoked).or_else(|| self.entry(Kind::Deleted)).is_some()
    }

    /// Whether it was suspended after `since`, an epoch, and until when.
    pub fn suspended(&self, since: u64) -> Option<Option<Time>> {
        let entry = self.later(Kind::Suspended, since)?;
        (entry.end != LIFTED).then_some(bounded(entry.end))
    }

    /// Whether it was blocked after `since`.
    pub fn blocked(&self, since: u64) -> bool {
        self.later(Kind::Blocked, since).is_some_and(|entry| entry.end != LIFTED)
    }

    /// When it ends, if it was replaced after `since`.
    pub fn end(&self, since: u64) -> Option<Time> {
        self.later(Kind::Replaced, since).and_then(|entry| bounded(entry.end))
    }

    /// Whether its password was changed after `since`.
    pub fn password_changed(&self, since: u64) -> bool {
        self.later(Kind::PasswordChanged, since).is_some()
    }

    fn later(&self, kind: Kind, since: u64) -> Option<&Entry> {
        self.entry(kind).filter(|entry| entry.epoch > since)
    }

    fn entry(&self, kind: Kind) -> Option<&Entry> {
        self.tombstones.held.get(&(kind, self.name))
    }
}

fn bounded(time: Time) -> Option<Time> {
    (time != NEVER).then_some(time)
}

/// How a record is called outside the store, where its id would say too much.
type Name = [u8; 32];

fn name(key: &MacKey, id: RecordId) -> Name {
    *key.tag(Label::Anchor, &[id.bytes()]).bytes()
}
