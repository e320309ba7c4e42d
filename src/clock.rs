//! Time as a parameter.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The core's source of time. Only a front end has the real one.
///
/// `clock.now()` gives the wall clock as a [`Time`](crate::model::time::Time).
pub trait Clock: Send + Sync {
    /// Wall-clock time, in whole seconds since 1970-01-01T00:00:00Z.
    fn unix_seconds(&self) -> i64;

    /// Time since this host booted, which nobody can set.
    fn boot(&self) -> BootTime;

    /// Time since this host booted, suspend included, as precise as the host has it: for what must
    /// not be older than some seconds.
    fn since_boot(&self) -> Duration;
}

/// A reading of the clock that starts at boot and includes suspend (`CLOCK_BOOTTIME`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BootTime {
    /// The boot of a host: `/proc/sys/kernel/random/boot_id`, as bytes.
    pub boot: [u8; 16],
    /// Seconds since boot.
    pub seconds: i64,
}

/// A clock with a fixed time, for tests.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(i64);

#[cfg(any(test, feature = "testing"))]
impl FixedClock {
    /// A clock that always returns `time`.
    pub fn new(time: impl Into<i64>) -> Self {
        Self(time.into())
    }
}

#[cfg(any(test, feature = "testing"))]
impl Clock for FixedClock {
    fn unix_seconds(&self) -> i64 {
        self.0
    }

    fn boot(&self) -> BootTime {
        BootTime {
            boot: [0; 16],
            seconds: self.0,
        }
    }

    fn since_boot(&self) -> Duration {
        Duration::from_secs(self.0.unsigned_abs())
    }
}
