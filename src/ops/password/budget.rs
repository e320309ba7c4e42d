//! How many wrong tries there are, and how long to wait between them.

use crate::error::{Error, Result};
use crate::model::name::ProfileName;
use crate::model::profile::Failures;
use crate::model::time::Time;

/// Tries in a row without any delay.
const FREE: u32 = 5;
/// The longest delay, in seconds.
const LONGEST_DELAY: i64 = 15 * 60;
/// Wrong tries in a row after which an admin must act.
pub const LOCKED_AFTER: u32 = 100;

/// Whether so many failures lock sign-in by password.
pub fn is_locked(failures: u32) -> bool {
    failures >= LOCKED_AFTER
}

/// Refuses a try that comes too early, or at all once the password is locked.
pub(super) fn ensure_open(name: &ProfileName, failures: Failures, now: Time) -> Result<()> {
    if is_locked(failures.count) {
        return Err(Error::Locked(name.clone()));
    }
    match next_try(failures) {
        Some(next) if now < next => Err(Error::Throttled(next)),
        _ => Ok(()),
    }
}

/// One more failure, until the password turns out to be right.
pub(super) fn debited(failures: Failures, now: Time) -> Failures {
    Failures { count: failures.count.saturating_add(1), last: Some(now) }
}

/// After five failures 1 s, then twice as long each time.
fn next_try(failures: Failures) -> Option<Time> {
    let over = failures.count.checked_sub(FREE)?;
    let delay = 1_i64.checked_shl(over).map_or(LONGEST_DELAY, |delay| delay.min(LONGEST_DELAY));
    let last = failures.last?;
    Some(Time::from_seconds(last.seconds().saturating_add(delay)))
}
