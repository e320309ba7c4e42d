//! A consistent view of a store: reading single records and index entries.

use std::collections::BTreeMap;

use super::known_uses::KnownUses;
use super::remembered::Remembered;
use super::staged::{IndexChange, MAX_ENTRIES, Staged};
use crate::backend::{IdxKey, Transaction};
use crate::barrier::rows::frame;
use crate::barrier::rows::index::Indexer;
use crate::barrier::rows::manifest::OpenRow;
use crate::barrier::rows::record::{self, Record};
use crate::barrier::rows::root::Root;
use crate::barrier::schema::index::{List, Unique};
use crate::barrier::unlocking::unlocked::Unlocked;
use crate::error::{Error, Result};
use crate::model::id::RecordId;

/// A consistent view of the store.
pub struct Reader<'a> {
    pub(in crate::barrier) tx: Box<dyn Transaction + 'a>,
    pub(in crate::barrier) unlocked: &'a Unlocked,
    pub(in crate::barrier) root: Root,
    /// Manifest rows opened so far, by number.
    pub(in crate::barrier) rows: BTreeMap<u16, OpenRow>,
    /// Objects that a writer changed and has not sealed yet.
    pub(in crate::barrier) staged: BTreeMap<RecordId, Staged>,
    /// What earlier readers have verified.
    pub(in crate::barrier) remembered: Option<&'a mut Remembered>,
    /// Index entries that were looked up, and a writer's changes to them.
    pub(in crate::barrier) entries: BTreeMap<IdxKey, IndexChange>,
    /// Last uses that were read, where the storage keeps them apart.
    pub(in crate::barrier) uses: KnownUses,
}

impl<'a> Reader<'a> {
    pub(in crate::barrier) fn new(
        tx: Box<dyn Transaction + 'a>,
        unlocked: &'a Unlocked,
        root: Root,
    ) -> Self {
        Self {
            tx,
            unlocked,
            root,
            rows: BTreeMap::new(),
            staged: BTreeMap::new(),
            remembered: None,
            entries: BTreeMap::new(),
            uses: KnownUses::default(),
        }
    }

    /// Reads the record with this id; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] if its bucket is damaged, or if the id belongs to another kind of
    /// record.
    pub fn get<R: Record>(&mut self, id: RecordId) -> Result<Option<R>> {
        if let Some(staged) = self.staged.get(&id) {
            let body = staged.new.as_ref();
            return body.map(|(kind, body)| read::<R>(*kind, body)).transpose();
        }
        let Some(row) = self.object(id)? else {
            return Ok(None);
        };
        let frame = self.open_object(id, &row)?;
        let (kind, body) = frame::unwrap(&frame)?;
        read(kind, body).map(Some)
    }

    /// Reads a record that another record or an index entry refers to.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] if there is none: the reference is wrong. Also those of [`Self::get`].
    pub fn require<R: Record>(&mut self, id: RecordId) -> Result<R> {
        let missing = || Error::Integrity(format!("{} `{id}` is missing", R::NOUN));
        self.get(id)?.ok_or_else(missing)
    }

    /// Looks up the record that owns a unique index entry.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] if the bucket of its entry is damaged.
    pub fn find(&mut self, what: Unique<'_>) -> Result<Option<RecordId>> {
        let h = what.entry(&self.indexer());
        self.entry(&h)
    }

    /// Returns entry `n` of a list that has more than `n` entries.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] if the list is shorter, or the bucket of the entry is damaged.
    pub fn at(&mut self, list: List, n: u64) -> Result<RecordId> {
        let missing = || Error::Integrity(format!("entry {n} of a list is missing"));
        self.find_at(list, n)?.ok_or_else(missing)
    }

    /// Returns entry `n` of a list; `None` if the list is shorter.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] if the bucket of the entry is damaged.
    pub fn find_at(&mut self, list: List, n: u64) -> Result<Option<RecordId>> {
        let h = list.entry(&self.indexer(), n);
        self.entry(&h)
    }

    /// The length of a list that the root counts.
    ///
    /// # Errors
    ///
    /// [`Error::Bug`] if the list is counted by a record.
    pub fn count(&self, list: List) -> Result<u64> {
        let count = list.counter().and_then(|n| self.root.count(n));
        count.ok_or(Error::Bug("a record counts this list"))
    }

    pub(in crate::barrier) fn indexer(&self) -> Indexer<'_> {
        Indexer {
            key: &self.unlocked.keys.index,
            store: &self.unlocked.header.store,
        }
    }

    /// Looks up an index entry; its bucket is verified.
    pub(in crate::barrier) fn entry(&mut self, h: &IdxKey) -> Result<Option<RecordId>> {
        // Cached to the end of the transaction, so that one key never has two answers.
        if let Some(known) = self.entries.get(h) {
            return Ok(known.new);
        }
        let found = self.look_up(h)?;
        if self.entries.len() < MAX_ENTRIES {
            self.entries.insert(
                *h,
                IndexChange {
                    old: found,
                    new: found,
                },
            );
        }
        Ok(found)
    }
}

fn read<R: Record>(kind: u16, body: &[u8]) -> Result<R> {
    if kind != R::KIND {
        return Err(Error::Integrity(format!("a record is not a {}", R::NOUN)));
    }
    record::decode(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::profile::{Address, Profile};

    #[test]
    fn a_record_cannot_pose_as_one_of_another_kind() {
        let address = Address {
            address: "a@example.org".to_owned(),
            profiles: 1,
            mailed: Vec::new(),
        };
        let body = record::encode(&address).unwrap();
        assert!(read::<Address>(Address::KIND, &body).is_ok());
        assert!(matches!(
            read::<Address>(Profile::KIND, &body),
            Err(Error::Integrity(_))
        ));
    }
}
