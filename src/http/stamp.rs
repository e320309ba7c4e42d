//! The time of log lines.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use crate::clock::Clock;
use crate::model::time::Time;

/// A clock that many threads read, and that writes the same second only once.
pub(super) struct Stamp(Mutex<Inner>);

struct Inner {
    clock: Box<dyn Clock>,
    second: Time,
    text: String,
}

impl Stamp {
    /// The time of this clock.
    pub(super) fn new(clock: Box<dyn Clock>) -> Self {
        let second = clock.now();
        let text = second.to_string();
        Self(Mutex::new(Inner {
            clock,
            second,
            text,
        }))
    }

    /// The time.
    pub(super) fn now(&self) -> Time {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.clock.now()
    }

    /// Calls `write` with the time as text (RFC 3339, UTC).
    pub(super) fn with<T>(&self, write: impl FnOnce(&str) -> T) -> T {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = inner.clock.now();
        if inner.second != now {
            inner.second = now;
            inner.text = now.to_string();
        }
        write(&inner.text)
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stamp")
    }
}
