//! Session tokens: short-lived tokens that end with what they were made from.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::id::{PasswordId, RecordId};
use crate::model::time::Time;

/// What makes a token a session token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// What it was made from.
    pub parent: Parent,
    /// Its number in the queue of session tokens.
    pub number: u64,
}

/// What a session token was made from. It is of the same profile, and no session token itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Parent {
    /// The token with this record.
    Token(RecordId),
    /// The profile's password.
    Password(PasswordId),
}

/// The queue of session tokens, oldest first: they are removed in this order some time after they
/// expired. Numbers of tokens that were removed earlier have no entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionQueue {
    /// The first number that may have an entry.
    pub first: u64,
    /// The number of the next token.
    pub next: u64,
}

/// The budget of session tokens of one profile: the time at which those that were made are paid off.
///
/// Each is paid off by waiting, and a few hundred may be owed at once. None lives for longer than an
/// hour, so that no profile has more than a thousand that are valid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionBudget {
    paid_off: Option<Time>,
}

impl SessionBudget {
    /// How many may be made at once.
    pub const BURST: i64 = 400;

    /// How many seconds it takes until another one may be made: 600 an hour.
    pub const EACH: i64 = 6;

    /// How long the next one has to wait.
    pub fn wait(self, now: Time) -> Option<Duration> {
        let first = now.seconds().saturating_add((Self::BURST - 1) * Self::EACH);
        let over = self.owed(now).seconds().saturating_sub(first);
        let over = u64::try_from(over).ok().filter(|over| *over > 0)?;
        Some(Duration::from_secs(over))
    }

    /// The budget once one more was made.
    #[must_use]
    pub fn spent(self, now: Time) -> Self {
        let paid_off = self.owed(now).seconds().saturating_add(Self::EACH);
        Self {
            paid_off: Some(Time::from_seconds(paid_off)),
        }
    }

    /// When all is paid off, as of `now`: a clock that was set back owes no more than the burst.
    fn owed(self, now: Time) -> Time {
        let most = Time::from_seconds(now.seconds().saturating_add(Self::BURST * Self::EACH));
        self.paid_off
            .map_or(now, |paid_off| paid_off.clamp(now, most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes as many as the budget allows until `end`, and returns when.
    fn spend(budget: &mut SessionBudget, from: i64, end: i64) -> Vec<i64> {
        let mut made = Vec::new();
        for now in from..end {
            while budget.wait(Time::from_seconds(now)).is_none() {
                *budget = budget.spent(Time::from_seconds(now));
                made.push(now);
            }
        }
        made
    }

    #[test]
    fn there_are_never_more_than_a_thousand_in_an_hour() {
        let mut budget = SessionBudget::default();
        let made = spend(&mut budget, 0, 3 * 3_600);
        assert_eq!(made.iter().filter(|at| **at == 0).count(), 400);
        let most = made.iter().map(|first| {
            let within = |at: &&i64| (*first..first + 3_600).contains(*at);
            made.iter().filter(within).count()
        });
        assert_eq!(most.max(), Some(1_000 - 1));
    }

    #[test]
    fn the_next_one_is_told_and_then_allowed() {
        let mut budget = SessionBudget::default();
        spend(&mut budget, 0, 1);
        let wait = |now| {
            budget
                .wait(Time::from_seconds(now))
                .map(|wait| wait.as_secs())
        };
        assert_eq!([0, 5, 6, 7].map(wait), [Some(6), Some(1), None, None]);
    }

    #[test]
    fn a_clock_that_was_ahead_locks_nobody_out() {
        let mut budget = SessionBudget::default();
        spend(&mut budget, 9_000_000, 9_000_001);
        let wait = budget.wait(Time::from_seconds(0));
        assert_eq!(wait, Some(Duration::from_secs(6)));
    }
}
