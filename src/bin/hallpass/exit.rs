//! The program's exit codes.

use hallpass::Kind;

/// An exit code: 0, the code of a verdict, or that of a kind of error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exit(pub(crate) u8);

impl Exit {
    /// Success.
    pub(crate) const DONE: Self = Self(0);
}

impl From<Kind> for Exit {
    /// Returns the exit code of a kind of error, as `docs/json.md` lists them. Scripts rely on the
    /// numbers, so they never change.
    fn from(kind: Kind) -> Self {
        Self(match kind {
            Kind::Failed => 1,
            Kind::Usage => 2,
            Kind::NotFound => 3,
            Kind::Exists => 4,
            Kind::NotConfirmed => 5,
            Kind::Refused => 6,
            Kind::Findings => 7,
            Kind::WrongKey => 20,
            Kind::NoKey => 21,
            Kind::Throttled => 22,
            Kind::Integrity => 30,
            Kind::Rollback => 31,
            Kind::Fork => 32,
            Kind::Substituted => 33,
            Kind::Corrupt => 34,
            Kind::Busy => 40,
            Kind::ReadOnly => 41,
            Kind::Storage => 42,
            Kind::UnsafeFile => 43,
            Kind::NewerFormat => 44,
            Kind::Clock => 45,
            Kind::Anchor => 50,
            Kind::Undelivered => 51,
            Kind::UnknownOutcome => 52,
            Kind::Randomness => 60,
            Kind::Engine => 61,
            Kind::Bug => 70,
            Kind::Interrupted => 130,
        })
    }
}
