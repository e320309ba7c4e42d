//! How new what is served is, for storage that is watched: a database.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::grace::Grace;
use crate::backend::traffic::Traffic;
use crate::clock::Clock;
use crate::error::Error;
use crate::kind::Kind;
use crate::model::time::Time;

/// How old what is served may be while the database answers.
const USUAL: Duration = Duration::from_secs(1);

/// How new what is served is.
///
/// The *last look* is the time at which the last successful question for the newest commit was
/// *sent*, noted once what had been committed by then is verified and in place. So nothing that was
/// committed before it is missing, however late the answer was.
pub(super) struct Freshness {
    clock: Box<dyn Clock>,
    /// Since boot, in nanoseconds.
    last_look: AtomicU64,
    /// How much older than usual what is in memory may become, in nanoseconds.
    grace: AtomicU64,
    /// Whether verdicts are made of what is in memory. Without that they cannot outlive the database.
    is_in_memory: AtomicBool,
    is_up: AtomicBool,
    traffic: Traffic,
}

/// What is known of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outlook {
    /// The time since the last look.
    pub(super) staleness: Duration,
    /// Whether answers are allowed.
    pub(super) is_fresh: bool,
    /// Whether the database answered last.
    pub(super) is_up: bool,
}

impl Freshness {
    /// For a store that was verified by a transaction that began at `looked_at`, the time since boot
    /// by this clock.
    pub(super) fn new(
        clock: Box<dyn Clock>,
        looked_at: Duration,
        grace: Grace,
        traffic: Traffic,
    ) -> Self {
        let freshness = Self {
            clock,
            last_look: AtomicU64::default(),
            grace: AtomicU64::default(),
            is_in_memory: AtomicBool::default(),
            is_up: AtomicBool::new(true),
            traffic,
        };
        freshness.set_grace(grace);
        freshness.looked(looked_at);
        freshness
    }

    /// Replaces the grace.
    pub(super) fn set_grace(&self, grace: Grace) {
        self.grace
            .store(nanoseconds(grace.duration()), Ordering::Relaxed);
    }

    /// Notes that what had been committed by `asked_at` is verified and in place.
    pub(super) fn looked(&self, asked_at: Duration) {
        // A time that has not come yet would keep for too long what is served.
        let asked_at = asked_at.min(self.clock.since_boot());
        self.last_look
            .fetch_max(nanoseconds(asked_at), Ordering::AcqRel);
    }

    /// Notes whether verdicts are made of what is in memory.
    pub(super) fn set_in_memory(&self, is_in_memory: bool) {
        self.is_in_memory.store(is_in_memory, Ordering::Release);
    }

    /// Notes whether the database answers. Returns whether that is new.
    pub(super) fn set_up(&self, is_up: bool) -> bool {
        self.is_up.swap(is_up, Ordering::AcqRel) != is_up
    }

    /// Whether the database answered last.
    pub(super) fn is_up(&self) -> bool {
        self.is_up.load(Ordering::Acquire)
    }

    /// Whether answers are allowed. What is read afterwards is as new as this says.
    pub(super) fn is_fresh(&self) -> bool {
        self.outlook().is_fresh
    }

    /// What is known of the database now.
    pub(super) fn outlook(&self) -> Outlook {
        let last_look = Duration::from_nanos(self.last_look.load(Ordering::Acquire));
        let grace = if self.is_in_memory.load(Ordering::Acquire) {
            Duration::from_nanos(self.grace.load(Ordering::Relaxed))
        } else {
            Duration::ZERO
        };
        let staleness = self.clock.since_boot().saturating_sub(last_look);
        Outlook {
            staleness,
            is_fresh: staleness <= USUAL + grace,
            is_up: self.is_up(),
        }
    }

    /// The wall clock.
    pub(super) fn now(&self) -> Time {
        self.clock.now()
    }

    /// The traffic with the database.
    pub(super) fn traffic(&self) -> &Traffic {
        &self.traffic
    }
}

impl fmt::Debug for Freshness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.outlook().fmt(f)
    }
}

/// Whether an error says no more than that a database does not answer, or not in time. Anything else
/// is about the store itself, and nothing is served then, however new it is.
pub(super) fn is_outage(error: &Error) -> bool {
    let Error::Storage(fault) = error else {
        return false;
    };
    matches!(
        fault.kind(),
        Kind::Storage | Kind::Busy | Kind::ReadOnly | Kind::UnknownOutcome
    )
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
pub(super) mod tests;
