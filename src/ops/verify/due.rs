//! A use of a token that is to be recorded.

use crate::model::id::RecordId;
use crate::model::time::Time;
use crate::model::verdict::Reason;

/// A use of a token that is to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordUse {
    /// The token's record.
    pub(super) record: RecordId,
    /// When it was used.
    pub(super) at: Time,
    pub(super) kind: UseKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum UseKind {
    /// It was valid. With the newest key and its MAC under that, if another key is stored.
    Valid(Option<(u32, [u8; 32])>),
    /// It was over, for this reason, and another token has replaced it.
    Late(Reason),
}

#[cfg(all(test, feature = "server"))]
impl RecordUse {
    /// The use of a valid token.
    pub(crate) fn valid(record: RecordId, at: Time) -> Self {
        Self {
            record,
            at,
            kind: UseKind::Valid(None),
        }
    }
}

impl RecordUse {
    /// Whether recording it adds to the audit log: another token had replaced it.
    pub fn is_audited(&self) -> bool {
        matches!(self.kind, UseKind::Late(_))
    }

    /// The token's record.
    pub fn record(&self) -> RecordId {
        self.record
    }

    /// When it was used.
    pub fn at(&self) -> Time {
        self.at
    }
}
