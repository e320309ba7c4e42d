//! Changes to the store as a whole: its header, its history, and the latest time it has seen.

use super::change::Writer;
use crate::backend::Fault;
use crate::barrier::unlocking::header::{Header, fingerprint};
use crate::error::Result;
use crate::model::time::Time;

impl Writer<'_> {
    /// Counts `now` as a time of a change.
    pub(in crate::barrier) fn advance_wall(&mut self) {
        let root = &mut self.reader.root;
        root.wall_max = root.wall_max.max(self.now);
    }

    /// Counts a time that was seen elsewhere.
    pub(in crate::barrier) fn see_time(&mut self, at: Time) {
        let root = &mut self.reader.root;
        root.wall_max = root.wall_max.max(at);
    }

    /// Replaces the header of generation `before`; fails if another process replaced it first.
    pub(in crate::barrier) fn replace_header(
        &mut self,
        header: &Header,
        before: u64,
    ) -> Result<()> {
        if self.root.header_gen != before {
            return Err(Fault::Busy.into());
        }
        let bytes = header.encode(self.unlocked.root_key());
        self.put_header(&bytes)?;
        let root = &mut self.reader.root;
        (root.header_gen, root.header_hash) = (header.generation, fingerprint(&bytes));
        self.changed = true;
        Ok(())
    }

    /// Moves the store to an epoch of a new incarnation.
    pub(in crate::barrier) fn set_history(&mut self, incarnation: [u8; 16], epoch: u64) {
        let root = &mut self.reader.root;
        (root.incarnation, root.epoch) = (incarnation, root.epoch.max(epoch));
        root.known_from = root.wall_max.max(self.now);
        self.changed = true;
    }

    /// Resets the latest time to now.
    pub(in crate::barrier) fn reset_wall(&mut self) {
        self.reader.root.wall_max = self.now;
        self.changed = true;
    }
}
