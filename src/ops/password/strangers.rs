//! Failed attempts at names that have no password: they are delayed as those at a profile's are, or
//! the delay would tell which names exist.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::budget::{self, Closed};
use crate::model::name::{Canonical, ProfileName};
use crate::model::profile::Failures;
use crate::model::time::Time;

/// How many names are remembered. Each costs whoever makes them up a hash.
const MOST: usize = 100_000;

/// How often an attempt that comes too early is written to the audit log at most.
const NOTED_EVERY: i64 = 60;

/// The failures of names that have no password, in the memory of a server. Nothing of them is stored:
/// anybody could fill the store with names.
#[derive(Debug, Default)]
pub struct Strangers(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    names: HashMap<Canonical, Failures>,
    /// When an early attempt, at whatever name, was written to the audit log.
    noted: Option<Time>,
}

impl Strangers {
    /// Why an attempt at that name would not be accepted at `now`.
    pub(super) fn closed(&self, name: &ProfileName, now: Time) -> Option<Closed> {
        let failures = self.lock().names.get(&name.canonical()).copied();
        budget::delayed(failures?, now)
    }

    /// Counts an attempt, by the schedule of [`verify`](super::verify()). Returns why it was not
    /// accepted, if it was not.
    pub(super) fn attempt(&self, name: &ProfileName, now: Time) -> Option<Closed> {
        let names = &mut self.lock().names;
        let name = name.canonical();
        let failures = names.get(&name).copied().unwrap_or_default();
        let closed = budget::delayed(failures, now);
        if closed.is_none() {
            if names.len() >= MOST && !names.contains_key(&name) {
                forget_one(names);
            }
            names.insert(name, budget::debited_by_stranger(failures, now));
        }
        closed
    }

    /// Whether an attempt that comes too early at `now` is written to the audit log. It depends on no
    /// name: whoever waits for the answer would learn which names have been tried.
    pub(super) fn is_noted(&self, now: Time) -> bool {
        let noted = &mut self.lock().noted;
        let again = noted.map(|noted| noted.seconds().saturating_add(NOTED_EVERY));
        let is_due = again.is_none_or(|again| again <= now.seconds());
        if is_due {
            *noted = Some(now);
        }
        is_due
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes room: forgets the name with the fewest failures, and of those the oldest. A delay that was
/// earned by many attempts cannot be lifted by as many other names with one attempt each.
fn forget_one(names: &mut HashMap<Canonical, Failures>) {
    let least = names
        .iter()
        .min_by_key(|(_, failures)| (failures.count, failures.last));
    let least = least.map(|(name, _)| name.clone());
    least.map(|least| names.remove(&least));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_waits_as_a_profile_does() {
        let strangers = Strangers::default();
        let name: ProfileName = "nobody".parse().unwrap();
        let mut now = Time::from_seconds(1_000);
        for _ in 0..5 {
            assert_eq!(strangers.attempt(&name, now), None);
        }
        for delay in [1, 2, 4, 8] {
            let next = Time::from_seconds(now.seconds() + delay);
            for _ in 0..3 {
                let closed = strangers.attempt(&"NOBODY".parse().unwrap(), now);
                assert_eq!(closed, Some(Closed::Until(next)));
            }
            now = next;
            assert_eq!(strangers.attempt(&name, now), None);
        }
        assert_eq!(strangers.attempt(&"other".parse().unwrap(), now), None);
        for _ in 0..2 * budget::LOCKED_AFTER {
            now = Time::from_seconds(now.seconds() + 900);
            assert_eq!(strangers.attempt(&name, now), None);
            let next = Time::from_seconds(now.seconds() + 1);
            assert!(strangers.closed(&name, next).is_some());
        }
    }

    #[test]
    fn an_early_attempt_is_noted_once_a_minute() {
        let strangers = Strangers::default();
        let noted =
            [0, 1, 59, 60, 61, 119, 120, 500].map(|at| strangers.is_noted(Time::from_seconds(at)));
        assert_eq!(noted, [true, false, false, true, false, false, true, true]);
    }

    #[test]
    fn memory_is_bounded_and_many_names_do_not_lift_a_delay() {
        let strangers = Strangers::default();
        let at = |n: usize| Time::from_seconds(i64::try_from(n).unwrap());
        let victim: ProfileName = "victim".parse().unwrap();
        while strangers.closed(&victim, at(0)).is_none() {
            strangers.attempt(&victim, at(0));
        }
        for n in 0..MOST {
            let name = format!("n{n}").parse().unwrap();
            strangers.attempt(&name, at(n + 1));
        }
        assert!(strangers.closed(&victim, at(0)).is_some());
        assert_eq!(strangers.lock().names.len(), MOST);
        // One that is remembered takes nobody's place.
        strangers.attempt(&"n20".parse().unwrap(), Time::LAST);
        let names = &strangers.lock().names;
        assert_eq!(names.len(), MOST);
        let has = |text: &str| {
            let name: ProfileName = text.parse().unwrap();
            names.contains_key(&name.canonical())
        };
        assert!(!has("n0") && has("n1"));
    }
}
