//! A tombstone that a change produces.

use super::entry::{Entry, LIFTED, NEVER, name};
use super::kind::Kind;
use crate::crypto::MacKey;
use crate::model::id::RecordId;
use crate::model::time::Time;

/// What happened to a record, to be remembered outside the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tombstone {
    id: RecordId,
    kind: Kind,
    /// When a suspension ends, or a replaced token expires.
    end: Time,
    /// From when on the tombstone can be dropped.
    keep: Time,
}

impl Tombstone {
    /// A token is revoked. The tombstone is kept until `keep`: no backup can hold it valid for
    /// longer.
    pub fn revoked(id: RecordId, keep: Option<Time>) -> Self {
        Self {
            id,
            kind: Kind::Revoked,
            end: NEVER,
            keep: keep.unwrap_or(NEVER),
        }
    }

    /// A record is deleted permanently.
    pub fn deleted(id: RecordId) -> Self {
        Self::lasting(id, Kind::Deleted)
    }

    /// A profile or a token is suspended, until a time or indefinitely.
    pub fn suspended(id: RecordId, until: Option<Time>) -> Self {
        let until = until.unwrap_or(NEVER);
        Self {
            id,
            kind: Kind::Suspended,
            end: until,
            keep: until,
        }
    }

    /// A suspension was lifted.
    pub fn resumed(id: RecordId) -> Self {
        Self {
            id,
            kind: Kind::Suspended,
            end: LIFTED,
            keep: LIFTED,
        }
    }

    /// A connection is blocked.
    pub fn blocked(id: RecordId) -> Self {
        Self::lasting(id, Kind::Blocked)
    }

    /// A block was lifted.
    pub fn unblocked(id: RecordId) -> Self {
        Self {
            id,
            kind: Kind::Blocked,
            end: LIFTED,
            keep: LIFTED,
        }
    }

    /// A token was replaced and expires at `end`; before that, it expired at `former_end`.
    pub fn replaced(id: RecordId, end: Option<Time>, former_end: Option<Time>) -> Self {
        let end = end.unwrap_or(NEVER);
        let keep = former_end.unwrap_or(NEVER);
        Self {
            id,
            kind: Kind::Replaced,
            end,
            keep,
        }
    }

    /// A profile's password was changed or removed.
    pub fn password_changed(id: RecordId) -> Self {
        Self::lasting(id, Kind::PasswordChanged)
    }

    fn lasting(id: RecordId, kind: Kind) -> Self {
        Self {
            id,
            kind,
            end: NEVER,
            keep: NEVER,
        }
    }

    pub(super) fn entry(&self, epoch: u64, key: &MacKey) -> Entry {
        let Self {
            id,
            kind,
            end,
            keep,
        } = *self;
        Entry {
            kind,
            name: name(key, id),
            epoch,
            end,
            keep,
        }
    }
}
