//! What a writer holds back until it is sealed, where a reader finds it.

use zeroize::Zeroizing;

use crate::barrier::rows::manifest::Sum;
use crate::model::id::RecordId;

/// What becomes of an index entry: which record it names, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::barrier) struct IndexChange {
    /// In the table.
    pub(in crate::barrier) old: Option<RecordId>,
    /// In the end.
    pub(in crate::barrier) new: Option<RecordId>,
}

/// The most index entries kept in memory: some 5 MiB.
pub(in crate::barrier) const MOST_ENTRIES: usize = 1 << 16;

/// An object as a writer left it.
pub(in crate::barrier) struct Staged {
    /// The leaf of the row that is in the table now, if one is.
    pub(in crate::barrier) old: Option<Sum>,
    /// Kind and body; `None` to remove it.
    pub(in crate::barrier) new: Option<(u16, Zeroizing<Vec<u8>>)>,
}
