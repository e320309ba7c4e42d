//! The times that a verdict depends on.

use crate::barrier::Reader;
use crate::model::time::Time;

/// The two clocks of a judgement.
#[derive(Debug, Clone, Copy)]
pub(in crate::ops) struct Clocks {
    /// The wall clock.
    pub(in crate::ops) now: Time,
    /// The latest the store has seen: what has expired once stays so when the clock goes back.
    pub(in crate::ops) latest: Time,
    /// What was used before this may not be known.
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
