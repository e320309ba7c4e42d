//! Lists of records, and the lengths of the store's own lists.

use super::change::Writer;
use crate::barrier::rows::record::Record;
use crate::barrier::schema::index::List;
use crate::error::{Error, Result};
use crate::model::id::RecordId;

impl Writer<'_> {
    /// Appends entry number `count` to a list that a record counts.
    ///
    /// # Errors
    ///
    /// Those of [`Self::index`].
    pub fn push(&mut self, list: List, count: u32, id: RecordId) -> Result<()> {
        let h = list.entry(&self.indexer(), count.into());
        self.add_index(h, id)
    }

    /// Adds an entry to a list with gaps.
    ///
    /// # Errors
    ///
    /// Those of [`Self::index`].
    pub fn put_entry(&mut self, list: List, number: u64, id: RecordId) -> Result<()> {
        let h = list.entry(&self.indexer(), number);
        self.add_index(h, id)
    }

    /// Removes an entry of a list with gaps, and moves no other.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] if it does not exist: the caller has read that it does.
    pub fn remove_entry(&mut self, list: List, number: u64) -> Result<()> {
        let h = list.entry(&self.indexer(), number);
        self.remove_index(h)
    }

    /// Removes entry `position` from a list of `count` entries and moves the last one there.
    /// `position_of` selects the field in which the moved record keeps its position.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] if the list or the moved record is damaged.
    pub fn pull<R: Record>(
        &mut self,
        list: List,
        count: u32,
        position: u32,
        position_of: fn(&mut R) -> &mut u32,
    ) -> Result<()> {
        let Some(moved) = self.pull_entry(list, count, position)? else {
            return Ok(());
        };
        let mut record: R = self.require(moved)?;
        *position_of(&mut record) = position;
        self.put(moved, &record)
    }

    /// As [`Self::pull`], for a list whose records do not keep their position. Returns the record
    /// that was moved, if any.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] if the list is damaged.
    pub fn pull_entry(
        &mut self,
        list: List,
        count: u32,
        position: u32,
    ) -> Result<Option<RecordId>> {
        let end = count
            .checked_sub(1)
            .ok_or(Error::Bug("an empty list has no entries"))?;
        let moved = self.at(list, end.into())?;
        let h = list.entry(&self.indexer(), end.into());
        self.remove_index(h)?;
        if position == end {
            return Ok(None);
        }
        let h = list.entry(&self.indexer(), position.into());
        self.set_index(h, Some(moved))?;
        Ok(Some(moved))
    }

    /// Appends a record to one of the store's own lists; returns its position.
    ///
    /// # Errors
    ///
    /// Those of [`Self::push`]; [`Error::Bug`] if a record counts the list.
    pub fn enlist(&mut self, list: List, id: RecordId) -> Result<u32> {
        let count = self.own_count(list)?;
        self.push(list, count, id)?;
        self.set_own_count(list, u64::from(count) + 1)?;
        Ok(count)
    }

    /// Removes a record from one of the store's own lists.
    ///
    /// # Errors
    ///
    /// Those of [`Self::pull`]; [`Error::Bug`] if a record counts the list.
    pub fn delist<R: Record>(
        &mut self,
        list: List,
        position: u32,
        position_of: fn(&mut R) -> &mut u32,
    ) -> Result<()> {
        let count = self.own_count(list)?;
        self.pull(list, count, position, position_of)?;
        self.set_own_count(list, u64::from(count).saturating_sub(1))
    }

    /// Counts an imported token.
    pub fn count_import(&mut self) {
        self.reader.root.imports = self.reader.root.imports.saturating_add(1);
    }

    /// Subtracts an imported token that was removed.
    pub fn discount_import(&mut self) {
        self.reader.root.imports = self.reader.root.imports.saturating_sub(1);
    }

    fn own_count(&mut self, list: List) -> Result<u32> {
        u32::try_from(self.count(list)?).map_err(|_| Error::Bug("a list is too long"))
    }

    fn set_own_count(&mut self, list: List, count: u64) -> Result<()> {
        let length = list.counter().and_then(|n| self.reader.root.count_mut(n));
        *length.ok_or(Error::Bug("a record counts this list"))? = count;
        Ok(())
    }
}
