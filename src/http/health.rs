//! Whether the server can answer: for probes, on the listener of the metrics.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::freshness::{Freshness, Outlook};
use super::metrics::StoreFailure;

/// How old the last look at the store may be.
const STALE: Duration = Duration::from_secs(5);

/// What is known of the server's health.
#[derive(Debug)]
pub(super) struct Health {
    begun: Instant,
    draining: AtomicBool,
    failure: Mutex<Option<StoreFailure>>,
    /// When the store was last looked at, in milliseconds after `begun`, plus one; 0 is never.
    watched: AtomicU64,
    /// Of storage that is watched: then this counts, and not when it was looked at.
    database: Option<Arc<Freshness>>,
}

/// Whether something changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// It is not as it was.
    New,
    /// It was so before.
    Same,
}

/// What each check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Checks {
    /// Whether the server is about to end.
    pub(super) draining: bool,
    /// Why the store allows no verdict, if it does not.
    pub(super) failure: Option<StoreFailure>,
    /// How long ago the store was looked at; `None` if nobody watches it.
    pub(super) watched: Option<Duration>,
    /// What is known of the database, if the store is in one.
    pub(super) database: Option<Outlook>,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            begun: Instant::now(),
            draining: AtomicBool::default(),
            failure: Mutex::default(),
            watched: AtomicU64::default(),
            database: None,
        }
    }
}

impl Health {
    /// Reports of a database from now on: the storage is watched.
    pub(super) fn set_database(&mut self, freshness: Arc<Freshness>) {
        self.database = Some(freshness);
    }

    /// How new what is served is, if the storage is watched.
    pub(super) fn database(&self) -> Option<&Freshness> {
        self.database.as_deref()
    }

    /// Notes that the server is about to end: no new requests should be sent to it.
    pub(super) fn drain(&self) {
        self.draining.store(true, Relaxed);
    }

    /// Notes that the store allows no verdict.
    pub(super) fn store_failed(&self, failure: StoreFailure) -> Change {
        self.set(Some(failure))
    }

    /// Notes that the store allows verdicts.
    pub(super) fn store_recovered(&self) -> Change {
        self.set(None)
    }

    fn set(&self, failure: Option<StoreFailure>) -> Change {
        let mut last = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        let change = if *last == failure {
            Change::Same
        } else {
            Change::New
        };
        *last = failure;
        change
    }

    /// Notes that the store was looked at. From the first time on, it has to be looked at again and
    /// again: else the server is not ready.
    pub(super) fn watched(&self) {
        let since = self.begun.elapsed().as_millis();
        let since = u64::try_from(since).unwrap_or(u64::MAX);
        self.watched.store(since.saturating_add(1), Relaxed);
    }

    /// Whether the watch over the store still goes on, if it has begun; of a database, whether what is
    /// served is new enough.
    pub(super) fn is_watched(&self) -> bool {
        if let Some(database) = &self.database {
            return database.is_fresh();
        }
        let last = self.watched.load(Relaxed);
        let due = Duration::from_millis(last).saturating_add(STALE);
        last == 0 || self.begun.elapsed() <= due
    }

    /// What each check finds now.
    pub(super) fn checks(&self) -> Checks {
        let failure = *self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        let last = self.watched.load(Relaxed).checked_sub(1);
        let watched = last.map(|last| {
            let elapsed = self.begun.elapsed();
            elapsed.saturating_sub(Duration::from_millis(last))
        });
        Checks {
            draining: self.draining.load(Relaxed),
            failure,
            watched,
            database: self.database.as_ref().map(|it| it.outlook()),
        }
    }
}

impl Checks {
    /// Whether requests should be sent to the server.
    pub(super) fn ready(&self) -> bool {
        !self.draining && self.failure.is_none() && !self.stale()
    }

    fn stale(&self) -> bool {
        let is_watch_stale = self.watched.is_some_and(|ago| ago > STALE);
        is_watch_stale || self.database.is_some_and(|database| !database.is_fresh)
    }

    /// A line for each check, and one for the whole.
    pub(super) fn details(&self) -> String {
        let draining = if self.draining { "yes" } else { "no" };
        let store = self.failure.map_or("open", StoreFailure::word);
        let watcher = match (self.watched, self.database) {
            (None, None) => "none",
            _ if self.stale() => "stale",
            _ => "current",
        };
        let whole = self.word();
        format!("draining: {draining}\nstore: {store}\nwatcher: {watcher}\n{whole}\n")
    }

    /// The answer in a word.
    pub(super) fn word(&self) -> &'static str {
        if self.ready() { "ready" } else { "not ready" }
    }
}

#[cfg(test)]
impl Health {
    /// The health of a server whose watch has ended.
    pub(super) fn unwatched() -> Self {
        Self {
            begun: Instant::now()
                .checked_sub(STALE * 2)
                .unwrap_or_else(Instant::now),
            watched: AtomicU64::new(1),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_ready_until_its_watcher_is_stale() {
        let health = Health::default();
        assert_eq!(health.checks().watched, None, "nobody watches yet");
        assert!(health.checks().ready());
        health.watched();
        let checks = health.checks();
        assert!(checks.watched.is_some_and(|ago| ago < STALE));
        let seen = |ago| Checks {
            watched: Some(ago),
            ..checks
        };
        assert!(seen(STALE).ready());
        let stale = seen(STALE + Duration::from_millis(1));
        assert!(!stale.ready());
        assert!(stale.details().contains("watcher: stale"));
        assert!(Health::default().is_watched() && health.is_watched());
        let unwatched = Health::unwatched();
        assert!(!unwatched.is_watched() && !unwatched.checks().ready());
        unwatched.watched();
        assert!(unwatched.is_watched());
    }

    #[test]
    fn a_server_is_not_ready_without_its_store_or_while_it_drains() {
        let health = Health::default();
        assert_eq!(health.store_recovered(), Change::Same);
        assert_eq!(health.store_failed(StoreFailure::Rollback), Change::New);
        assert_eq!(health.store_failed(StoreFailure::Rollback), Change::Same);
        assert!(!health.checks().ready());
        assert!(health.checks().details().contains("store: rollback"));
        assert_eq!(health.store_recovered(), Change::New);
        assert!(health.checks().ready());
        health.drain();
        assert_eq!(health.checks().word(), "not ready");
    }
}
