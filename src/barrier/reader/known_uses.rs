//! Last uses that a reader has read.

use std::collections::HashMap;

use crate::model::id::RecordId;
use crate::model::time::Time;

/// The last uses that a reader knows.
#[derive(Default)]
pub(in crate::barrier) struct KnownUses {
    pub(super) known: HashMap<RecordId, Option<Time>>,
    /// The part of the objects that is being scanned, and whether all of its last uses are known.
    pub(super) part: Option<(u8, bool)>,
}

impl KnownUses {
    /// Notes that a part of the objects is scanned: its last uses are read together, once one is asked for.
    pub(super) fn scan(&mut self, part: u8) {
        if !matches!(self.part, Some((scanned, _)) if scanned == part) {
            self.part = Some((part, false));
        }
    }
}
