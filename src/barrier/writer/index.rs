//! Index entries: the look-up keys of records.

use super::change::Writer;
use crate::backend::IdxKey;
use crate::barrier::reader::{IndexChange, MAX_ENTRIES};
use crate::barrier::schema::index::Unique;
use crate::error::{Error, Result};
use crate::model::id::RecordId;

impl Writer<'_> {
    /// Adds a unique index entry for `id`.
    ///
    /// # Errors
    ///
    /// [`Error::Bug`] if the entry is known to be taken. If it was not looked up, the conflict is
    /// found when the entry is written, and fails the transaction.
    pub fn index(&mut self, what: Unique<'_>, id: RecordId) -> Result<()> {
        let h = what.entry(&self.indexer());
        self.add_index(h, id)
    }

    /// Sets a unique index entry to `id`, whether it exists or not.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] if the bucket of the entry is damaged.
    pub fn reindex(&mut self, what: Unique<'_>, id: RecordId) -> Result<()> {
        let h = what.entry(&self.indexer());
        self.set_index(h, Some(id)).map(drop)
    }

    /// Removes a unique index entry.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] if it does not exist: the caller has read that it does.
    pub fn unindex(&mut self, what: Unique<'_>) -> Result<()> {
        let h = what.entry(&self.indexer());
        self.remove_index(h)
    }

    /// Sets or removes an index entry; returns the record it referred to before.
    pub(super) fn set_index(
        &mut self,
        h: IdxKey,
        id: Option<RecordId>,
    ) -> Result<Option<RecordId>> {
        self.changed = true;
        // First: an entry that is read while the cache is full is not cached.
        self.flush_if_full()?;
        let led = self.entry(&h)?;
        let change = self
            .reader
            .entries
            .get_mut(&h)
            .ok_or(Error::Bug("an entry went missing"))?;
        change.new = id;
        Ok(led)
    }

    /// Adds an index entry. If it was not looked up before, a conflict is found only when it is
    /// written, which saves a read for each new record.
    pub(super) fn add_index(&mut self, h: IdxKey, id: RecordId) -> Result<()> {
        self.changed = true;
        match self.reader.entries.get_mut(&h) {
            Some(IndexChange { new: Some(_), .. }) => Err(Error::Bug("an index entry is taken")),
            Some(change) => {
                change.new = Some(id);
                Ok(())
            }
            None => {
                self.flush_if_full()?;
                self.reader.entries.insert(
                    h,
                    IndexChange {
                        old: None,
                        new: Some(id),
                    },
                );
                Ok(())
            }
        }
    }

    /// Flushes staged changes, so that a long transaction uses bounded memory.
    fn flush_if_full(&mut self) -> Result<()> {
        if self.entries.len() < MAX_ENTRIES {
            Ok(())
        } else {
            self.flush_entries()
        }
    }

    pub(super) fn remove_index(&mut self, h: IdxKey) -> Result<()> {
        let missing = || Error::Integrity("an index entry is missing".into());
        self.set_index(h, None)?.map(drop).ok_or_else(missing)
    }
}
