//! A clock that tests turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::time::Duration;

use hallpass::clock::{BootTime, Clock};

use crate::support::core::NOON;

/// A clock that tests turn.
#[derive(Debug, Clone)]
pub(crate) struct TurnedClock(Arc<Hands>);

/// What a clock shows.
#[derive(Debug)]
struct Hands {
    wall: AtomicI64,
    /// Seconds since boot, and which boot.
    run: AtomicI64,
    boot: AtomicU8,
}

impl Clock for TurnedClock {
    fn unix_seconds(&self) -> i64 {
        self.0.wall.load(Ordering::SeqCst)
    }

    fn boot(&self) -> BootTime {
        let boot = [self.0.boot.load(Ordering::SeqCst); 16];
        BootTime {
            boot,
            seconds: self.0.run.load(Ordering::SeqCst),
        }
    }

    fn since_boot(&self) -> Duration {
        Duration::from_secs(self.boot().seconds.unsigned_abs())
    }
}

impl TurnedClock {
    /// Shows noon, some time after a boot.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Hands {
            wall: AtomicI64::new(NOON),
            run: AtomicI64::new(1000),
            boot: AtomicU8::new(1),
        }))
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, seconds: i64) {
        self.0.wall.fetch_add(seconds, Ordering::SeqCst);
        self.run(seconds);
    }

    /// Sets the wall clock back; the one that counts since boot goes on.
    pub(crate) fn set_back(&self, seconds: i64) {
        self.0.wall.fetch_sub(seconds, Ordering::SeqCst);
    }

    /// Lets time pass that the wall clock does not show.
    pub(crate) fn run(&self, seconds: i64) {
        self.0.run.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Starts the machine anew.
    pub(crate) fn reboot(&self) {
        self.0.boot.fetch_add(1, Ordering::SeqCst);
        self.0.run.store(5, Ordering::SeqCst);
    }
}
