//! Failed attempts at names that have no password: they are delayed as those at a profile's are, or
//! the delay would tell which names exist.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::budget::{self, Closed};
use crate::model::name::{Canonical, ProfileName};
use crate::model::profile::Failures;
use crate::model::time::Time;

/// How many names are remembered; the one that failed longest ago is forgotten first.
const MOST: usize = 10_000;

/// The failures of names that have no password, in the memory of a server. Nothing of them is stored:
/// anybody could fill the store with names.
#[derive(Debug, Default)]
pub struct Strangers(Mutex<HashMap<Canonical, Failures>>);

impl Strangers {
    /// Counts an attempt, by the schedule of [`verify`](super::verify()). Returns why it was not
    /// accepted, if it was not.
    pub(super) fn attempt(&self, name: &ProfileName, now: Time) -> Option<Closed> {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let name = name.canonical();
        let failures = names.get(&name).copied().unwrap_or_default();
        let closed = budget::closed(failures, now);
        if closed.is_none() {
            if names.len() >= MOST && !names.contains_key(&name) {
                let oldest = names.iter().min_by_key(|(_, failures)| failures.last);
                let oldest = oldest.map(|(name, _)| name.clone());
                oldest.map(|oldest| names.remove(&oldest));
            }
            names.insert(name, budget::debited(failures, now));
        }
        closed
    }
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
        for _ in 9..budget::LOCKED_AFTER {
            now = Time::from_seconds(now.seconds() + 900);
            assert_eq!(strangers.attempt(&name, now), None);
        }
        assert_eq!(strangers.attempt(&name, Time::LAST), Some(Closed::Locked));
    }

    #[test]
    fn memory_is_bounded() {
        let strangers = Strangers::default();
        for n in 0..MOST + 10 {
            let name = format!("n{n}").parse().unwrap();
            let at = Time::from_seconds(i64::try_from(n).unwrap());
            strangers.attempt(&name, at);
        }
        // One that is remembered takes nobody's place.
        strangers.attempt(&"n20".parse().unwrap(), Time::LAST);
        let names = strangers.0.lock().unwrap();
        assert_eq!(names.len(), MOST);
        let has =
            |text: &str| names.contains_key(&text.parse::<ProfileName>().unwrap().canonical());
        assert!(!has("n9") && has("n10"));
    }
}
