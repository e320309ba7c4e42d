//! How often codes may be asked for and guessed, as far as that is counted in memory.
//!
//! The store counts for each profile, and for each address that codes are mailed to. Here is
//! counted where requests come from, which connection they name, and how many there are in all:
//! before the store is asked, so that what is over its budget never writes. Each is counted in the
//! step that allows it, and refunded if it should not have counted: requests at the same time
//! cannot pass together.

use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;

use crate::http::gcra::Gcra;
use crate::http::metrics::Budget;
use crate::http::sources::Sources;
use crate::model::id::ApiKey;

/// How many attempts that come to nothing cost a transaction of the store each second.
const STRANGERS: u32 = 5;

/// How many requests for codes may come at once about all connections together.
pub(super) const REQUESTS_AT_ONCE: usize = 500;

/// The budgets of the door.
#[derive(Debug)]
pub(super) struct Budgets {
    /// Requests for codes, by address.
    requests: Sources,
    /// Failed exchanges, by address.
    failures: Sources,
    /// Failed exchanges, by connection: each may add a row to the audit log.
    failures_at: Totals,
    /// Requests for codes, by connection.
    requests_at: Totals,
    /// Requests of any kind that come to nothing, because there is nobody, or no code.
    strangers: Gcra<()>,
}

/// Budgets by connection.
#[derive(Debug)]
struct Totals {
    /// Of each connection.
    each: Gcra<[u8; 16]>,
    /// Of all connections together.
    all: Gcra<()>,
    /// Of all keys together that no connection has. Anybody can make them up, so they use up
    /// nothing that a connection needs.
    unknown: Gcra<()>,
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            requests: Sources::default(),
            failures: Sources::default(),
            failures_at: Totals::new(
                (1000, Duration::from_millis(100)),
                (5000, Duration::from_millis(20)),
            ),
            requests_at: Totals::new(
                (100, Duration::from_secs(1)),
                (
                    u32::try_from(REQUESTS_AT_ONCE).unwrap_or(u32::MAX),
                    Duration::from_millis(100),
                ),
            ),
            strangers: Gcra::new(STRANGERS, Duration::from_secs(1) / STRANGERS),
        }
    }
}

impl Budgets {
    /// Counts a request for a code from an address.
    ///
    /// # Errors
    ///
    /// The budget that is used up. Nothing is counted then.
    pub(super) fn request_from(&self, source: Option<IpAddr>, now: Instant) -> Result<(), Budget> {
        taken(
            source.is_none_or(|source| self.requests.take(source, now)),
            Budget::Source,
        )
    }

    /// Counts a request for a code about a connection, or about none.
    ///
    /// # Errors
    ///
    /// The budget that is used up. Nothing is counted then.
    pub(super) fn request_at(&self, at: Option<&ApiKey>, now: Instant) -> Result<(), Budget> {
        self.requests_at.take(at, now)
    }

    /// Counts an exchange from an address, until it is refunded.
    ///
    /// # Errors
    ///
    /// The budget that is used up. Nothing is counted then.
    pub(super) fn attempt_from(&self, source: Option<IpAddr>, now: Instant) -> Result<(), Budget> {
        taken(
            source.is_none_or(|source| self.failures.take(source, now)),
            Budget::Source,
        )
    }

    /// Counts an exchange at a connection, or at none, until it is refunded.
    ///
    /// # Errors
    ///
    /// The budget that is used up. Nothing is counted then.
    pub(super) fn attempt_at(&self, at: Option<&ApiKey>, now: Instant) -> Result<(), Budget> {
        self.failures_at.take(at, now)
    }

    /// An exchange from this address did not fail.
    pub(super) fn refund_from(&self, source: Option<IpAddr>) {
        if let Some(source) = source {
            self.failures.refund(source);
        }
    }

    /// An exchange at this connection did not fail.
    pub(super) fn refund_at(&self, at: Option<&ApiKey>) {
        self.failures_at.refund(at);
    }

    /// Counts a request that may come to nothing. Returns whether it may then cost what another
    /// costs.
    pub(super) fn stranger(&self, now: Instant) -> bool {
        self.strangers.take((), now)
    }
}

impl Totals {
    /// Budgets of each connection and of all together: so many at once, and one more each time.
    fn new(each: (u32, Duration), all: (u32, Duration)) -> Self {
        Self {
            each: Gcra::new(each.0, each.1),
            all: Gcra::new(all.0, all.1),
            unknown: Gcra::new(all.0, all.1),
        }
    }

    fn take(&self, at: Option<&ApiKey>, now: Instant) -> Result<(), Budget> {
        let Some(key) = at.map(|key| *key.bytes()) else {
            return taken(self.unknown.take((), now), Budget::Total);
        };
        taken(self.each.take(key, now), Budget::Connection)?;
        let all = taken(self.all.take((), now), Budget::Total);
        if all.is_err() {
            self.each.refund(key);
        }
        all
    }

    fn refund(&self, at: Option<&ApiKey>) {
        let Some(key) = at.map(|key| *key.bytes()) else {
            return self.unknown.refund(());
        };
        self.each.refund(key);
        self.all.refund(());
    }
}

fn taken(is_taken: bool, budget: Budget) -> Result<(), Budget> {
    if is_taken { Ok(()) } else { Err(budget) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u8) -> ApiKey {
        ApiKey::from_bytes([n; 16])
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn requests_are_counted_by_network_connection_and_in_all() {
        let (budgets, now) = (Budgets::default(), Instant::now());
        for n in 0..20 {
            let source = Some(ip(&format!("2001:db8::{n}")));
            assert_eq!(budgets.request_from(source, now), Ok(()));
        }
        let again = Some(ip("2001:db8::ffff"));
        assert_eq!(budgets.request_from(again, now), Err(Budget::Source));
        assert_eq!(budgets.request_from(None, now), Ok(()));
        let at = |n: u8| budgets.request_at(Some(&key(n)), now);
        for n in 0..5 {
            (0..100).for_each(|_| assert_eq!(at(n), Ok(())));
            assert_eq!(at(n), Err(Budget::Connection));
        }
        // What is over the total does not count at the connection.
        (0..=100).for_each(|_| assert_eq!(at(5), Err(Budget::Total)));
        let later = now + Duration::from_secs(10);
        assert_eq!(budgets.request_from(again, later), Ok(()));
        let freed = (0..200).filter(|_| budgets.request_at(Some(&key(5)), later).is_ok());
        assert_eq!(freed.count(), 100);
    }

    #[test]
    fn only_failed_exchanges_count_and_only_for_their_network() {
        let (budgets, now) = (Budgets::default(), Instant::now());
        let guesser = Some(ip("192.0.2.7"));
        for _ in 0..100 {
            assert_eq!(budgets.attempt_from(guesser, now), Ok(()));
            budgets.refund_from(guesser);
        }
        for _ in 0..20 {
            assert_eq!(budgets.attempt_from(guesser, now), Ok(()));
        }
        assert_eq!(budgets.attempt_from(guesser, now), Err(Budget::Source));
        let other = Some(ip("192.0.2.8"));
        assert_eq!(budgets.attempt_from(other, now), Ok(()));
        assert_eq!(budgets.attempt_from(None, now), Ok(()));
    }

    #[test]
    fn many_failed_exchanges_stop_at_a_connection_and_in_all() {
        let (budgets, now) = (Budgets::default(), Instant::now());
        let at = |n: u8| budgets.attempt_at(Some(&key(n)), now);
        for n in 0..5 {
            (0..1000).for_each(|_| assert_eq!(at(n), Ok(())));
            assert_eq!(at(n), Err(Budget::Connection));
        }
        assert_eq!(at(5), Err(Budget::Total));
        budgets.refund_at(Some(&key(0)));
        assert_eq!(at(5), Ok(()));
        assert_eq!(at(5), Err(Budget::Total));
        let later = now + Duration::from_secs(1);
        assert_eq!(budgets.attempt_at(Some(&key(5)), later), Ok(()));
    }

    #[test]
    fn an_exchange_that_did_not_fail_does_not_count_at_its_connection() {
        let (budgets, now) = (Budgets::default(), Instant::now());
        let at = || budgets.attempt_at(Some(&key(1)), now);
        for _ in 0..2000 {
            assert_eq!(at(), Ok(()));
            budgets.refund_at(Some(&key(1)));
        }
        (0..1000).for_each(|_| assert_eq!(at(), Ok(())));
        assert_eq!(at(), Err(Budget::Connection));
    }

    #[test]
    fn keys_that_no_connection_has_use_up_nothing_of_a_connection() {
        let (budgets, now) = (Budgets::default(), Instant::now());
        for _ in 0..500 {
            assert_eq!(budgets.request_at(None, now), Ok(()));
        }
        assert_eq!(budgets.request_at(None, now), Err(Budget::Total));
        assert_eq!(budgets.request_at(Some(&key(1)), now), Ok(()));
        for _ in 0..5000 {
            assert_eq!(budgets.attempt_at(None, now), Ok(()));
        }
        assert_eq!(budgets.attempt_at(None, now), Err(Budget::Total));
        assert_eq!(budgets.attempt_at(Some(&key(1)), now), Ok(()));
    }

    #[test]
    fn five_strangers_a_second_cost_a_transaction() {
        let (budgets, now) = (Budgets::default(), Instant::now());
        let mut allowed = 0;
        for n in 0..100 {
            let then = now + Duration::from_millis(10) * n;
            allowed += u32::from(budgets.stranger(then));
        }
        // The burst, and those that are paid off within the second.
        assert_eq!(allowed, 9);
    }
}
