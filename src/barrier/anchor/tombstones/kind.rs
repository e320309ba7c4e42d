//! The kinds of tombstones.

/// What happened to a record. The numbers are part of the format and never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Revoked,
    Deleted,
    Suspended,
    Blocked,
    Replaced,
    PasswordChanged,
}

impl Kind {
    pub(super) const ALL: [Self; 6] = [
        Self::Revoked,
        Self::Deleted,
        Self::Suspended,
        Self::Blocked,
        Self::Replaced,
        Self::PasswordChanged,
    ];

    pub(super) fn number(self) -> u8 {
        match self {
            Self::Revoked => 1,
            Self::Deleted => 2,
            Self::Suspended => 3,
            Self::Blocked => 4,
            Self::Replaced => 5,
            Self::PasswordChanged => 6,
        }
    }

    pub(super) fn of(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// Whether no later entry can override this one.
    pub(super) fn is_final(self) -> bool {
        matches!(self, Self::Revoked | Self::Deleted)
    }

    /// Whether the entry must be kept for as long as a backup may hold the record as valid.
    pub(super) fn bounds_an_end(self) -> bool {
        self.is_final() || self == Self::Replaced
    }
}
