//! The budget of failed password attempts, and the delays between them.

use serde::Serialize;

use crate::error::Error;
use crate::model::name::ProfileName;
use crate::model::profile::Failures;
use crate::model::time::Time;

/// Consecutive failed attempts without a delay.
const FREE: u32 = 5;

/// The maximum delay, in seconds.
const LONGEST_DELAY: i64 = 15 * 60;

/// Consecutive failed attempts after which an operator must act.
pub const LOCKED_AFTER: u32 = 100;

/// Why no attempt is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    /// It is too early; the next attempt is accepted at this time.
    Until(Time),
    /// Only an operator can unlock it.
    Locked,
}

impl Closed {
    /// The word in the audit log.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Until(_) => "throttled",
            Self::Locked => "locked",
        }
    }

    /// The error of an attempt at this profile.
    pub(super) fn error(self, name: &ProfileName) -> Error {
        match self {
            Self::Until(next) => Error::Throttled(next),
            Self::Locked => Error::Locked(name.clone()),
        }
    }
}

/// The consequence of failed attempts: a delay before each further one, or a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lock {
    /// Failed attempts since the last successful one.
    pub failures: u32,
    /// Whether attempts are refused until an operator acts.
    pub locked: bool,
    /// When the next attempt is accepted; `None` if now, or never.
    pub until: Option<Time>,
}

impl Lock {
    /// The lock or delay after so many failures, at `now`; `None` while there is no delay.
    pub(in crate::ops) fn of(failures: Failures, now: Time) -> Option<Self> {
        let (locked, until) = match closed(failures, now) {
            Some(Closed::Locked) => (true, None),
            Some(Closed::Until(next)) => (false, Some(next)),
            None => (false, None),
        };
        (failures.count >= FREE).then_some(Self {
            failures: failures.count,
            locked,
            until,
        })
    }
}

/// Whether an attempt is too early, or refused because the password is locked.
pub(super) fn closed(failures: Failures, now: Time) -> Option<Closed> {
    if failures.count >= LOCKED_AFTER {
        return Some(Closed::Locked);
    }
    next_attempt(failures)
        .filter(|next| now < *next)
        .map(Closed::Until)
}

/// One more failure, until the password proves correct.
pub(super) fn debited(failures: Failures, now: Time) -> Failures {
    Failures {
        count: failures.count.saturating_add(1),
        last: Some(now),
    }
}

/// Combines failures before and after: attempts at a password that is rolled back count too.
pub(super) fn together(before: Failures, after: Failures) -> Failures {
    let count = before.count.saturating_add(after.count);
    Failures {
        count,
        last: before.last.max(after.last),
    }
}

/// After five failures 1 s, then twice as long each time.
fn next_attempt(failures: Failures) -> Option<Time> {
    let over = failures.count.checked_sub(FREE)?;
    // Further doublings would overflow into another sign.
    let delay = (1 << over.min(10)).min(LONGEST_DELAY);
    let last = failures.last?;
    Some(Time::from_seconds(last.seconds().saturating_add(delay)))
}
