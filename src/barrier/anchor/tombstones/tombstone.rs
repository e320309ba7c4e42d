//! What a change says of a record, to be remembered.

use super::entry::{Entry, LIFTED, NEVER, name};
use super::kind::Kind;
use crate::crypto::MacKey;
use crate::model::id::RecordId;
use crate::model::time::Time;

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
        Self {
            id,
            kind: Kind::Revoked,
            end: NEVER,
            keep: keep.unwrap_or(NEVER),
        }
    }

    /// A record is deleted, or removed for good.
    pub fn deleted(id: RecordId) -> Self {
        Self::lasting(id, Kind::Deleted)
    }

    /// A profile or a token is suspended, until then or for good.
    pub fn suspended(id: RecordId, until: Option<Time>) -> Self {
        let until = until.unwrap_or(NEVER);
        Self {
            id,
            kind: Kind::Suspended,
            end: until,
            keep: until,
        }
    }

    /// Its suspension was lifted.
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

    /// Its block was lifted.
    pub fn unblocked(id: RecordId) -> Self {
        Self {
            id,
            kind: Kind::Blocked,
            end: LIFTED,
            keep: LIFTED,
        }
    }

    /// A token was replaced and ends at `end`; before that it had until `former_end`.
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

    /// A profile has another password, or none any more.
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
