//! What the root says of the whole store.

use super::snapshot::Reader;
use crate::model::time::Time;

impl Reader<'_> {
    /// The latest time of any change.
    pub fn wall_max(&self) -> Time {
        self.root.wall_max
    }

    /// One more with each transaction.
    pub fn epoch(&self) -> u64 {
        self.root.epoch
    }

    /// How many tokens there are that other systems made, tombstones included.
    pub fn imports(&self) -> u64 {
        self.root.imports
    }

    /// What was used before this may not be known.
    pub fn known_from(&self) -> Time {
        self.root.known_from
    }
}
