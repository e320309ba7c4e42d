//! Last uses of objects, where storage keeps them apart from the objects.

use super::fault::Fault;
use super::row::{ObjId, Row};

/// The sixth table, of databases only: when objects were last used. Its rows are sealed like others, but no
/// manifest covers them: whoever can write to the database can remove them, and put old ones back.
///
/// They are read in a [`Transaction`](super::Transaction) and changed here, in short transactions of
/// their own that wait for no writer.
pub trait Uses {
    /// Changes rows in one transaction that locks only these. `merge` is given the root and the rows that
    /// there are for `ids`, and returns the rows to set; with none, nothing changes. A row is set only
    /// if its object exists. That it is durable is not waited for.
    ///
    /// # Errors
    ///
    /// [`Fault::Conflict`] if others change the same rows, and those of the storage. Nothing was changed
    /// then, as far as is known.
    fn change(&mut self, ids: &[ObjId], merge: Merge<'_>) -> Result<(), Fault>;
}

/// Decides which rows of last use are set.
pub type Merge<'a> = &'a mut dyn FnMut(FoundUses) -> Vec<(ObjId, Row)>;

/// What there is when last uses are changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundUses {
    /// The sealed root.
    pub root: Option<Row>,
    /// The rows, by id.
    pub rows: Vec<(ObjId, Row)>,
}
