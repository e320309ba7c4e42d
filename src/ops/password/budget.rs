//! How many failed attempts there are, and how long to wait between them.

use serde::Serialize;

use crate::model::profile::Failures;
use crate::model::time::Time;

/// Tries in a row without any delay.
const FREE: u32 = 5;

/// The longest delay, in seconds.
const LONGEST_DELAY: i64 = 15 * 60;

/// Wrong tries in a row after which an admin must act.
pub const LOCKED_AFTER: u32 = 100;

/// Why no try is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    /// It comes too early; the next one is taken then.
    Until(Time),
    /// Only an admin ends this.
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
}

/// What failed tries have come to: a delay before each further one, or a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lock {
    /// Failed tries since the last good one.
    pub failures: u32,
    /// Whether no try is taken any more, until an admin acts.
    pub locked: bool,
    /// When the next try is taken; `None` is now, or no more.
    pub until: Option<Time>,
}

impl Lock {
    /// The lock or delay of so many failures, if it is `now`; `None` as long as there is no delay.
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

/// Whether a try comes too early, or at all once the password is locked.
pub(super) fn closed(failures: Failures, now: Time) -> Option<Closed> {
    if failures.count >= LOCKED_AFTER {
        return Some(Closed::Locked);
    }
    next_try(failures)
        .filter(|next| now < *next)
        .map(Closed::Until)
}

/// One more failure, until the password turns out to be right.
pub(super) fn debited(failures: Failures, now: Time) -> Failures {
    Failures {
        count: failures.count.saturating_add(1),
        last: Some(now),
    }
}

/// Failures before and after: tries at a password that is taken back count, too.
pub(super) fn together(before: Failures, after: Failures) -> Failures {
    let count = before.count.saturating_add(after.count);
    Failures {
        count,
        last: before.last.max(after.last),
    }
}

/// After five failures 1 s, then twice as long each time.
fn next_try(failures: Failures) -> Option<Time> {
    let over = failures.count.checked_sub(FREE)?;
    // Further doublings would only end in another sign.
    let delay = (1 << over.min(10)).min(LONGEST_DELAY);
    let last = failures.last?;
    Some(Time::from_seconds(last.seconds().saturating_add(delay)))
}
