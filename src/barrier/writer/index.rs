//! Index entries: what leads to a record.

use super::change::Writer;
use crate::backend::IdxKey;
use crate::barrier::reader::{IndexChange, MOST_ENTRIES};
use crate::barrier::schema::index::Unique;
use crate::error::{Error, Result};
use crate::model::id::RecordId;

impl Writer<'_> {
    /// Gives a record something to itself that no other has.
    pub fn index(&mut self, what: Unique<'_>, id: RecordId) -> Result<()> {
        let h = what.entry(&self.indexer());
        self.add_index(h, id)
    }

    /// Gives a record what another had, or nobody.
    pub fn reindex(&mut self, what: Unique<'_>, id: RecordId) -> Result<()> {
        let h = what.entry(&self.indexer());
        self.set_index(h, Some(id)).map(drop)
    }

    /// Takes an index entry away that is there.
    pub fn unindex(&mut self, what: Unique<'_>) -> Result<()> {
        let h = what.entry(&self.indexer());
        self.remove_index(h)
    }

    /// Lets an index entry lead elsewhere, or nowhere; says where it led.
    pub(super) fn set_index(
        &mut self,
        h: IdxKey,
        id: Option<RecordId>,
    ) -> Result<Option<RecordId>> {
        self.changed = true;
        self.make_room()?;
        let led = self.entry(&h)?;
        let change = self.reader.entries.get_mut(&h).ok_or(Error::Bug("an entry went missing"))?;
        change.new = id;
        Ok(led)
    }

    /// Lets an index entry lead somewhere that led nowhere. As long as nobody has looked, that is
    /// found out when it is added.
    pub(super) fn add_index(&mut self, h: IdxKey, id: RecordId) -> Result<()> {
        self.changed = true;
        match self.reader.entries.get_mut(&h) {
            Some(IndexChange { new: Some(_), .. }) => Err(Error::Bug("an index entry is taken")),
            Some(change) => {
                change.new = Some(id);
                Ok(())
            }
            None => {
                self.make_room()?;
                self.reader.entries.insert(h, IndexChange { old: None, new: Some(id) });
                Ok(())
            }
        }
    }

    fn make_room(&mut self) -> Result<()> {
        if self.entries.len() < MOST_ENTRIES { Ok(()) } else { self.flush_entries() }
    }

    pub(super) fn remove_index(&mut self, h: IdxKey) -> Result<()> {
        let missing = || Error::Integrity("an index entry is missing".into());
        self.set_index(h, None)?.map(drop).ok_or_else(missing)
    }
}
