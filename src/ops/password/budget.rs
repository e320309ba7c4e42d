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
    if is_locked(failures) {
        return Some(Closed::Locked);
    }
    delayed(failures, now)
}

/// Whether an attempt is too early.
pub(super) fn delayed(failures: Failures, now: Time) -> Option<Closed> {
    next_attempt(failures)
        .filter(|next| now < *next)
        .map(Closed::Until)
}

/// Whether only an operator can unlock it.
pub(super) fn is_locked(failures: Failures) -> bool {
    failures.count >= LOCKED_AFTER
}

/// One more failure, until the password proves correct.
pub(super) fn debited(failures: Failures, now: Time) -> Failures {
    Failures {
        count: failures.count.saturating_add(1),
        last: Some(now),
    }
}

/// As [`debited`], for an attempt of a stranger: it delays the next one, and never locks. Otherwise
/// anybody could lock out anybody.
pub(super) fn debited_by_stranger(failures: Failures, now: Time) -> Failures {
    let most = failures.count.max(LOCKED_AFTER - 1);
    let debited = debited(failures, now);
    Failures {
        count: debited.count.min(most),
        ..debited
    }
}

/// Combines failures before and after: attempts at a password that is rolled back count too. What was
/// locked neither before nor after is not locked.
pub(super) fn together(before: Failures, after: Failures) -> Failures {
    let most = before.count.max(after.count).max(LOCKED_AFTER - 1);
    let count = before.count.saturating_add(after.count);
    Failures {
        count: count.min(most),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        Time::from_seconds(seconds)
    }

    fn failed(count: u32) -> Failures {
        Failures {
            count,
            last: Some(at(1_000)),
        }
    }

    #[test]
    fn the_delay_doubles_from_the_fifth_failure_to_a_quarter_of_an_hour() {
        let delay = |count| next_attempt(failed(count)).map(|next| next.seconds() - 1_000);
        let delays = [0, 4, 5, 6, 7, 11, 14, 15, 16, 99].map(delay);
        let expected = [None, None, Some(1), Some(2), Some(4), Some(64), Some(512)];
        assert_eq!(delays[..7], expected);
        assert_eq!(delays[7..], [Some(900); 3]);
    }

    #[test]
    fn an_attempt_is_early_until_its_time_and_locked_after_a_hundred() {
        assert_eq!(closed(failed(6), at(1_001)), Some(Closed::Until(at(1_002))));
        assert_eq!(closed(failed(6), at(1_002)), None);
        assert_eq!(closed(failed(99), at(9_999)), None);
        assert_eq!(closed(failed(100), at(9_999)), Some(Closed::Locked));
        let words = [Closed::Until(at(1)), Closed::Locked].map(Closed::word);
        assert_eq!(words, ["throttled", "locked"]);
    }

    #[test]
    fn a_lock_is_shown_once_attempts_are_delayed() {
        assert_eq!(Lock::of(failed(4), at(1_000)), None);
        let shown = |count, now| {
            let lock = Lock::of(failed(count), at(now)).unwrap();
            assert_eq!(lock.failures, count);
            (lock.locked, lock.until)
        };
        assert_eq!(shown(5, 1_000), (false, Some(at(1_001))));
        assert_eq!(shown(5, 1_001), (false, None));
        assert_eq!(shown(100, 1_001), (true, None));
    }

    #[test]
    fn failures_are_counted_and_those_before_a_roll_back_too() {
        let once = debited(Failures::default(), at(7));
        assert_eq!((once.count, once.last), (1, Some(at(7))));
        let most = debited(failed(u32::MAX), at(7));
        assert_eq!(most.count, u32::MAX);
        let both = together(failed(3), once);
        assert_eq!((both.count, both.last), (4, Some(at(1_000))));
        let [open, locked] = [98, 100].map(|count| together(failed(count), failed(7)).count);
        assert_eq!((open, locked), (99, 100));
    }

    #[test]
    fn strangers_delay_and_never_lock() {
        let mut failures = Failures::default();
        for _ in 0..2 * LOCKED_AFTER {
            failures = debited_by_stranger(failures, at(1_000));
        }
        assert_eq!((failures.count, failures.last), (99, Some(at(1_000))));
        assert_eq!(delayed(failures, at(1_899)), Some(Closed::Until(at(1_900))));
        assert_eq!(closed(failures, at(1_900)), None);
        let locked = debited_by_stranger(failed(100), at(2_000));
        assert_eq!((locked.count, locked.last), (100, Some(at(2_000))));
        assert_eq!(delayed(locked, at(2_900)), None);
    }
}
