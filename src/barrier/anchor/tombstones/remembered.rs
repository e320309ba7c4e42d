//! Looking up the tombstones of a record.

use std::collections::HashMap;

use super::entry::{Entry, LIFTED, NEVER, Name, name};
use super::kind::Kind;
use crate::crypto::MacKey;
use crate::model::id::RecordId;
use crate::model::time::Time;

/// The tombstones that this machine has for a store's records.
pub struct Tombstones {
    pub(super) held: HashMap<(Kind, Name), Entry>,
    pub(super) key: MacKey,
    pub(super) newest: u64,
    pub(super) damaged: bool,
}

impl Tombstones {
    /// An empty set.
    pub(in crate::barrier) fn none(key: MacKey) -> Self {
        Self {
            held: HashMap::new(),
            key,
            newest: 0,
            damaged: false,
        }
    }

    /// Looks up a record.
    pub fn of(&self, id: RecordId) -> Remembered<'_> {
        Remembered {
            tombstones: self,
            name: name(&self.key, id),
        }
    }

    /// Whether part of the file could not be read.
    pub fn damaged(&self) -> bool {
        self.damaged
    }

    /// The latest epoch of any entry.
    pub(in crate::barrier) fn newest(&self) -> u64 {
        self.newest
    }

    pub(super) fn add(&mut self, mut entry: Entry) {
        self.newest = self.newest.max(entry.epoch);
        let earlier = self.held.get(&(entry.kind, entry.name));
        // A token's end may have been lifted and set again; the oldest backups hold the latest end.
        if let Some(earlier) = earlier.filter(|_| entry.kind.bounds_an_end()) {
            entry.keep = entry.keep.max(earlier.keep);
        }
        self.held.insert((entry.kind, entry.name), entry);
    }
}

/// The tombstones of one record.
#[derive(Clone, Copy)]
pub struct Remembered<'a> {
    tombstones: &'a Tombstones,
    name: Name,
}

impl Remembered<'_> {
    /// Whether the record was revoked or deleted.
    pub fn has_ended(&self) -> bool {
        self.entry(Kind::Revoked)
            .or_else(|| self.entry(Kind::Deleted))
            .is_some()
    }

    /// Whether the record was suspended after epoch `since`; if so, until when (`None`:
    /// indefinitely).
    pub fn suspended(&self, since: u64) -> Option<Option<Time>> {
        let entry = self.later(Kind::Suspended, since)?;
        (entry.end != LIFTED).then_some(bounded(entry.end))
    }

    /// Whether the connection was blocked after epoch `since`.
    pub fn blocked(&self, since: u64) -> bool {
        self.later(Kind::Blocked, since)
            .is_some_and(|entry| entry.end != LIFTED)
    }

    /// When the token expires, if it was replaced after epoch `since`.
    pub fn end(&self, since: u64) -> Option<Time> {
        self.later(Kind::Replaced, since)
            .and_then(|entry| bounded(entry.end))
    }

    /// Whether the profile's password was changed after epoch `since`.
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
