//! The times that a verdict depends on.

use crate::barrier::Reader;
use crate::model::time::Time;

/// The times that a verdict depends on.
#[derive(Debug, Clone, Copy)]
pub(in crate::ops) struct Clocks {
    /// The wall clock.
    pub(in crate::ops) now: Time,
    /// The latest time the store has seen: what has expired stays expired when the clock goes back.
    pub(in crate::ops) latest: Time,
    /// Uses before this time may not be recorded.
    pub(in crate::ops) known_from: Time,
}

impl Clocks {
    pub(in crate::ops) fn new(r: &Reader<'_>, now: Time) -> Self {
        Self {
            now,
            latest: now.max(r.wall_max()),
            known_from: r.known_from(),
        }
    }
}
