//! Changes to the store as a whole: its header, its history, and the latest time it has seen.

use super::change::Writer;
use crate::backend::Fault;
use crate::barrier::anchor::Mark;
use crate::barrier::log::transition::{Incarnation, Transition};
use crate::barrier::unlocking::header::{Header, fingerprint};
use crate::error::{Refusal, Result};
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

    /// Moves the store to an epoch of a new incarnation, in which something of the past may be
    /// missing. `anchored` is the newest state that this machine has seen.
    pub(in crate::barrier) fn begin_history(
        &mut self,
        to: Incarnation,
        epoch: u64,
        anchored: Option<&Mark>,
    ) -> Transition {
        let root = &mut self.reader.root;
        let transition = Transition {
            from: root.incarnation,
            found: root.epoch.saturating_sub(1),
            seen: anchored.map_or(root.incarnation, |mark| mark.incarnation),
            anchored: anchored.map_or(0, |mark| mark.epoch),
            to,
        };
        (root.incarnation, root.epoch) = (to, root.epoch.max(epoch));
        root.known_from = root.wall_max.max(self.now);
        self.changed = true;
        transition
    }

    /// Begins an incarnation of a copy, which lacks nothing of its source: that is in this
    /// incarnation and at this epoch.
    pub(in crate::barrier) fn begin_copy(
        &mut self,
        to: Incarnation,
        (seen, anchored): (Incarnation, u64),
    ) -> Transition {
        let root = &mut self.reader.root;
        let transition = Transition {
            from: root.incarnation,
            found: root.epoch.saturating_sub(1),
            seen,
            anchored,
            to,
        };
        (root.incarnation, root.epoch) = (to, root.epoch.max(anchored + 1));
        self.changed = true;
        transition
    }

    /// Records in the header whether the store was moved to another place, and returns the new
    /// header.
    pub(in crate::barrier) fn set_moved(&mut self, moved: bool) -> Result<Header> {
        let mut header = self.unlocked.header.clone();
        if header.moved == moved {
            return Err(Refusal::State("the store was not moved, or already was".into()).into());
        }
        let before = header.generation;
        (header.moved, header.generation) = (moved, before + 1);
        self.replace_header(&header, before)?;
        Ok(header)
    }

    /// Resets the latest time to now.
    pub(in crate::barrier) fn reset_wall(&mut self) {
        self.reader.root.wall_max = self.now;
        self.changed = true;
    }
}
