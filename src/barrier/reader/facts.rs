//! Facts about the whole store that the root records.

use super::snapshot::Reader;
use crate::model::time::Time;

impl Reader<'_> {
    /// The latest time of any change.
    pub fn wall_max(&self) -> Time {
        self.root.wall_max
    }

    /// The store's epoch, incremented by each transaction.
    pub fn epoch(&self) -> u64 {
        self.root.epoch
    }

    /// How many records the store has, of all kinds.
    pub fn records(&self) -> u64 {
        self.root.objects
    }

    /// How many imported tokens the store has, tombstones included.
    pub fn imports(&self) -> u64 {
        self.root.imports
    }

    /// The time before which uses may be missing from the store's records.
    pub fn known_from(&self) -> Time {
        self.root.known_from
    }
}
