//! How often codes may be asked for and guessed, as far as that is counted in memory.
//!
//! The store counts for each profile, and for each address that codes are mailed to. Here is
//! counted where requests come from, which connection they name, and how many there are in all:
//! before the store is asked, so that what is over its budget never writes.

use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;

use crate::http::gcra::Gcra;
use crate::http::metrics::Budget;
use crate::http::sources::Sources;
use crate::model::id::ApiKey;

/// How many strangers are turned away by a transaction of the store each second.
const STRANGERS: u32 = 5;

/// The budgets of the door.
#[derive(Debug)]
pub(super) struct Budgets {
    /// Requests for codes, by address.
    requests: Sources,
    /// Failed exchanges, by address.
    failures: Sources,
    /// Failed exchanges, by the API key that they name: each may add a row to the audit log.
    failures_at: Gcra<[u8; 16]>,
    /// Failed exchanges in all.
    all_failures: Gcra<()>,
    /// Requests for codes, by the API key that they name, whether or not there is such a
    /// connection.
    connections: Gcra<[u8; 16]>,
    /// Requests for codes in all.
    total: Gcra<()>,
    /// Requests of any kind about nobody.
    strangers: Gcra<()>,
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            requests: Sources::default(),
            failures: Sources::default(),
            failures_at: Gcra::new(1000, Duration::from_millis(100)),
            all_failures: Gcra::new(5000, Duration::from_millis(20)),
            connections: Gcra::new(100, Duration::from_secs(1)),
            total: Gcra::new(500, Duration::from_millis(100)),
            strangers: Gcra::new(STRANGERS, Duration::from_secs(1) / STRANGERS),
        }
    }
}

impl Budgets {
    /// Counts a request for a code.
    ///
    /// # Errors
    ///
    /// The budget that is used up. Nothing is counted then.
    pub(super) fn request(
        &self,
        source: Option<IpAddr>,
        connection: &ApiKey,
        now: Instant,
    ) -> Result<(), Budget> {
        let connection = *connection.bytes();
        if source.is_some_and(|source| self.requests.wait(source, now).is_some()) {
            return Err(Budget::Source);
        }
        if self.connections.wait(connection, now).is_some() {
            return Err(Budget::Connection);
        }
        if self.total.wait((), now).is_some() {
            return Err(Budget::Total);
        }
        if let Some(source) = source {
            self.requests.fail(source, now);
        }
        self.connections.spend(connection, now);
        self.total.spend((), now);
        Ok(())
    }

    /// Whether a client may try a code.
    ///
    /// # Errors
    ///
    /// The budget that is used up.
    pub(super) fn attempt(
        &self,
        source: Option<IpAddr>,
        connection: &ApiKey,
        now: Instant,
    ) -> Result<(), Budget> {
        if source.is_some_and(|source| self.failures.wait(source, now).is_some()) {
            return Err(Budget::Source);
        }
        if self.failures_at.wait(*connection.bytes(), now).is_some() {
            return Err(Budget::Connection);
        }
        if self.all_failures.wait((), now).is_some() {
            return Err(Budget::Total);
        }
        Ok(())
    }

    /// Counts a code that was not exchanged.
    pub(super) fn fail(&self, source: Option<IpAddr>, connection: &ApiKey, now: Instant) {
        if let Some(source) = source {
            self.failures.fail(source, now);
        }
        self.failures_at.spend(*connection.bytes(), now);
        self.all_failures.spend((), now);
    }

    /// Counts a request about nobody. Returns whether it may cost what one about a profile costs.
    pub(super) fn stranger(&self, now: Instant) -> bool {
        let may = self.strangers.wait((), now).is_none();
        if may {
            self.strangers.spend((), now);
        }
        may
    }
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
            assert_eq!(budgets.request(source, &key(1), now), Ok(()));
        }
        let again = Some(ip("2001:db8::ffff"));
        assert_eq!(budgets.request(again, &key(2), now), Err(Budget::Source));
        for _ in 20..100 {
            assert_eq!(budgets.request(None, &key(1), now), Ok(()));
        }
        let over = budgets.request(None, &key(1), now);
        assert_eq!(over, Err(Budget::Connection));
        for n in 0..200 {
            assert_eq!(budgets.request(None, &key(2 + n), now), Ok(()));
            assert_eq!(budgets.request(None, &key(2 + n), now), Ok(()));
        }
        let over = budgets.request(None, &key(255), now);
        assert_eq!(over, Err(Budget::Total));
        let later = now + Duration::from_secs(10);
        assert_eq!(budgets.request(again, &key(1), later), Ok(()));
    }

    #[test]
    fn only_failed_exchanges_count_and_only_for_their_network() {
        let (budgets, now) = (Budgets::default(), Instant::now());
        let guesser = Some(ip("192.0.2.7"));
        for _ in 0..20 {
            assert_eq!(budgets.attempt(guesser, &key(1), now), Ok(()));
            budgets.fail(guesser, &key(1), now);
            budgets.fail(None, &key(1), now);
        }
        let over = budgets.attempt(guesser, &key(1), now);
        assert_eq!(over, Err(Budget::Source));
        let other = Some(ip("192.0.2.8"));
        assert_eq!(budgets.attempt(other, &key(1), now), Ok(()));
        assert_eq!(budgets.attempt(None, &key(1), now), Ok(()));
    }

    #[test]
    fn many_failed_exchanges_stop_at_a_connection_and_in_all() {
        let (budgets, now) = (Budgets::default(), Instant::now());
        let fail = |connection: u8, count: u32| {
            for _ in 0..count {
                assert_eq!(budgets.attempt(None, &key(connection), now), Ok(()));
                budgets.fail(None, &key(connection), now);
            }
        };
        fail(0, 1000);
        let over = budgets.attempt(None, &key(0), now);
        assert_eq!(over, Err(Budget::Connection));
        (1..5).for_each(|connection| fail(connection, 1000));
        let over = budgets.attempt(None, &key(5), now);
        assert_eq!(over, Err(Budget::Total));
        let later = now + Duration::from_secs(1);
        assert_eq!(budgets.attempt(None, &key(5), later), Ok(()));
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
