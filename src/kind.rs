//! The coarse sorts of errors: what front ends turn into exit codes and statuses.

/// The coarse sort of an error: one exit code and one word each (`docs/json.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the words say it; docs/json.md has the table")]
pub enum Kind {
    Failed,
    Usage,
    NotFound,
    Exists,
    NotConfirmed,
    Refused,
    Findings,
    WrongKey,
    NoKey,
    Throttled,
    Integrity,
    Rollback,
    Fork,
    Substituted,
    Corrupt,
    Busy,
    ReadOnly,
    Storage,
    UnsafeFile,
    NewerFormat,
    Clock,
    Anchor,
    Undelivered,
    Randomness,
    Engine,
    Bug,
    Interrupted,
}

impl Kind {
    /// The exit code (`docs/json.md`).
    pub fn exit(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Exists => 4,
            Self::NotConfirmed => 5,
            Self::Refused => 6,
            Self::Findings => 7,
            Self::WrongKey => 20,
            Self::NoKey => 21,
            Self::Throttled => 22,
            Self::Integrity => 30,
            Self::Rollback => 31,
            Self::Fork => 32,
            Self::Substituted => 33,
            Self::Corrupt => 34,
            Self::Busy => 40,
            Self::ReadOnly => 41,
            Self::Storage => 42,
            Self::UnsafeFile => 43,
            Self::NewerFormat => 44,
            Self::Clock => 45,
            Self::Anchor => 50,
            Self::Undelivered => 51,
            Self::Randomness => 60,
            Self::Engine => 61,
            Self::Bug => 70,
            Self::Interrupted => 130,
        }
    }

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::NotFound => "not_found",
            Self::Exists => "exists",
            Self::NotConfirmed => "not_confirmed",
            Self::Refused => "refused",
            Self::Findings => "findings",
            Self::WrongKey => "wrong_key",
            Self::NoKey => "no_key",
            Self::Throttled => "throttled",
            Self::Integrity => "integrity",
            Self::Rollback => "rollback",
            Self::Fork => "fork",
            Self::Substituted => "substituted",
            Self::Corrupt => "corrupt",
            Self::Busy => "busy",
            Self::ReadOnly => "read_only",
            Self::Storage => "storage",
            Self::UnsafeFile => "unsafe_file",
            Self::NewerFormat => "newer_format",
            Self::Clock => "clock",
            Self::Anchor => "anchor",
            Self::Undelivered => "undelivered",
            Self::Randomness => "randomness",
            Self::Engine => "engine",
            Self::Bug => "bug",
            Self::Interrupted => "interrupted",
        }
    }
}
