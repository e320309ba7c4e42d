//! Time as a parameter.

pub use crate::model::time::BootTime;
use crate::model::time::Time;

/// Where the core gets its time from. Only a front end owns the real one.
pub trait Clock: Send {
    /// Wall-clock time.
    fn now(&self) -> Time;

    /// Time since boot of this host, which nobody can set.
    fn boot(&self) -> BootTime;
}

/// A clock that says what it was told, for tests and for `demo`.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub Time);

impl Clock for FixedClock {
    fn now(&self) -> Time {
        self.0
    }

    fn boot(&self) -> BootTime {
        BootTime { boot: [0; 16], seconds: self.0.seconds() }
    }
}
