//! Passwords that were proven, for callers that send one with each request.
//!
//! A mark is `MAC(key, "HP1/proven", profile's name, password, stored hash)` under a key of this
//! process. It tells nothing about the password, and fits only while the stored hash is the same: a
//! changed password is unknown at once.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::normal::normalised;
use crate::crypto::{Key, Label, MacKey};
use crate::model::name::ProfileName;
use crate::model::password::Password;
use crate::secret::SecretText;

/// How many are remembered; the oldest is forgotten first.
const MOST: usize = 10_000;

/// The identity of a profile's password: another password, also one of the same text, has another.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordStamp(String);

impl PasswordStamp {
    pub(in crate::ops) fn of(password: &Password) -> Self {
        Self(password.phc.clone())
    }
}

impl fmt::Debug for PasswordStamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordStamp(..)")
    }
}

/// What is remembered of one proven password.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mark([u8; 32]);

impl Mark {
    /// A number that differs between most marks, to spread them.
    pub fn spread(self) -> usize {
        usize::from(self.0[0])
    }
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mark(..)")
    }
}

/// The passwords that were proven to this process, at most 10,000. Failures are never remembered.
#[derive(Debug)]
pub struct ProvenPasswords {
    key: MacKey,
    marks: Mutex<Marks>,
}

#[derive(Debug, Default)]
struct Marks {
    known: HashSet<Mark>,
    by_age: VecDeque<Mark>,
}

impl ProvenPasswords {
    /// None yet. The key is random, and no other process has it.
    pub fn new(key: &Key) -> Self {
        Self {
            key: MacKey::new(key),
            marks: Mutex::default(),
        }
    }

    /// The mark of a password for a profile whose stored password is `stamp`, or that has none.
    pub fn mark(
        &self,
        name: &ProfileName,
        password: &SecretText,
        stamp: Option<&PasswordStamp>,
    ) -> Mark {
        let name = name.canonical();
        let password = normalised(password);
        let stamp = stamp.map_or("", |stamp| stamp.0.as_str());
        let parts = [name.as_str(), password.as_str(), stamp].map(str::as_bytes);
        Mark(*self.key.tag(Label::Proven, &parts).bytes())
    }

    /// Whether this was proven.
    pub fn holds(&self, mark: Mark) -> bool {
        self.marks().known.contains(&mark)
    }

    /// Remembers that this was proven.
    pub fn remember(&self, mark: Mark) {
        let mut marks = self.marks();
        if !marks.known.insert(mark) {
            return;
        }
        marks.by_age.push_back(mark);
        if marks.by_age.len() > MOST
            && let Some(oldest) = marks.by_age.pop_front()
        {
            marks.known.remove(&oldest);
        }
    }

    fn marks(&self) -> MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    fn mark(proven: &ProvenPasswords, name: &str, password: &str, phc: &str) -> Mark {
        let password = SecretText::new(password.to_owned());
        let stamp = PasswordStamp(phc.to_owned());
        proven.mark(&name.parse().unwrap(), &password, Some(&stamp))
    }

    #[test]
    fn a_mark_is_of_one_profile_one_password_and_one_stored_hash() {
        let proven = ProvenPasswords::new(&Key::generate(&mut OsEntropy).unwrap());
        let right = mark(&proven, "ci", "secret", "hash");
        proven.remember(right);
        assert!(proven.holds(mark(&proven, "CI", "secret", "hash")));
        for (name, password, phc) in [
            ("cj", "secret", "hash"),
            ("ci", "secre", "thash"),
            ("ci", "secret", "hash2"),
        ] {
            assert!(!proven.holds(mark(&proven, name, password, phc)), "{phc}");
        }
        let other = ProvenPasswords::new(&Key::generate(&mut OsEntropy).unwrap());
        other.remember(right);
        assert!(!other.holds(mark(&other, "ci", "secret", "hash")));
    }

    #[test]
    fn marks_are_spread() {
        let proven = ProvenPasswords::new(&Key::generate(&mut OsEntropy).unwrap());
        let numbers: HashSet<usize> = (0..300)
            .map(|n| mark(&proven, "ci", &n.to_string(), "hash").spread())
            .collect();
        assert!(numbers.len() > 50, "{}", numbers.len());
    }

    #[test]
    fn the_oldest_is_forgotten_first() {
        let proven = ProvenPasswords::new(&Key::generate(&mut OsEntropy).unwrap());
        let all: Vec<Mark> = (0..=MOST)
            .map(|n| mark(&proven, "ci", &n.to_string(), "hash"))
            .collect();
        for mark in &all {
            proven.remember(*mark);
            proven.remember(*mark);
        }
        assert!(!proven.holds(all[0]));
        assert!(all[1..].iter().all(|mark| proven.holds(*mark)));
        assert_eq!(proven.marks().by_age.len(), MOST);
    }
}
