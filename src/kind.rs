//! The coarse kinds of errors, which front ends map to exit codes and statuses.

/// The coarse kind of an error: one word each (`docs/json.md`), and one code in each front end.
///
/// Not `non_exhaustive`: a front end without a code for a new kind must not compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    UnknownOutcome,
    Randomness,
    Engine,
    Bug,
    Interrupted,
}

impl Kind {
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
            Self::UnknownOutcome => "unknown_outcome",
            Self::Randomness => "randomness",
            Self::Engine => "engine",
            Self::Bug => "bug",
            Self::Interrupted => "interrupted",
        }
    }
}
