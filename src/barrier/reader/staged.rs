//! Changes that a writer has staged and not sealed yet, visible to its own reads.

use zeroize::Zeroizing;

use crate::barrier::rows::manifest::Sum;
use crate::model::id::RecordId;

/// A change of an index entry: the record it refers to, before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::barrier) struct IndexChange {
    /// In the table.
    pub(in crate::barrier) old: Option<RecordId>,
    /// After the change.
    pub(in crate::barrier) new: Option<RecordId>,
}

/// The largest number of index entries kept in memory: about 5 MiB.
pub(in crate::barrier) const MAX_ENTRIES: usize = 1 << 16;

/// An object that a writer changed.
pub(in crate::barrier) struct Staged {
    /// The leaf of the row that is in the table now, if any.
    pub(in crate::barrier) old: Option<Sum>,
    /// Kind and body; `None` if it is removed.
    pub(in crate::barrier) new: Option<(u16, Zeroizing<Vec<u8>>)>,
}
