//! What a database was asked for, and how that went: counted for metrics.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counters of the traffic with a database. Clones count together: all connections that are opened
/// with the same [`OpenOptions`](super::options::OpenOptions) do. A store in a file counts nothing.
#[derive(Debug, Clone, Default)]
pub struct Traffic(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    flights: AtomicU64,
    retries: AtomicU64,
    unknown_outcomes: AtomicU64,
}

impl Traffic {
    /// Counts a network round trip, however many statements it carries.
    pub fn flew(&self) {
        self.0.flights.fetch_add(1, Relaxed);
    }

    /// Counts a transaction that has to run again, because another one committed first.
    pub fn retried(&self) {
        self.0.retries.fetch_add(1, Relaxed);
    }

    /// Counts a commit of which nobody knows whether it took effect.
    pub fn lost_an_outcome(&self) {
        self.0.unknown_outcomes.fetch_add(1, Relaxed);
    }

    /// How many network round trips there were.
    pub fn flights(&self) -> u64 {
        self.0.flights.load(Relaxed)
    }

    /// How many transactions had to run again.
    pub fn retries(&self) -> u64 {
        self.0.retries.load(Relaxed)
    }

    /// How many commits there were of which nobody knows whether they took effect.
    pub fn unknown_outcomes(&self) -> u64 {
        self.0.unknown_outcomes.load(Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_count_together() {
        let traffic = Traffic::default();
        let other = traffic.clone();
        other.flew();
        other.flew();
        other.retried();
        traffic.lost_an_outcome();
        let counts =
            [&traffic, &other].map(|it| (it.flights(), it.retries(), it.unknown_outcomes()));
        assert_eq!(counts, [(2, 1, 1); 2]);
    }
}
