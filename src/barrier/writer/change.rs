//! A change to the store: its records, and what must be remembered of it outside.

use std::ops::{Deref, DerefMut};

use zeroize::Zeroizing;

use super::originals::Originals;
use crate::barrier::anchor::Tombstone;
use crate::barrier::reader::{Reader, Staged};
use crate::barrier::rows::manifest::object_leaf;
use crate::barrier::rows::record::{self, Record};
use crate::entropy::Entropy;
use crate::error::Result;
use crate::model::audit::{Actor, Entry};
use crate::model::id::RecordId;
use crate::model::time::Time;

/// Staged objects are kept until the end, so that one changed often is sealed once; never more
/// than this many.
const MOST_STAGED: usize = 4096;

/// A change that is being made. Nothing of it is visible before it is committed.
pub struct Writer<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) entropy: &'a mut dyn Entropy,
    pub(super) actor: &'a Actor,
    pub(super) now: Time,
    pub(super) changed: bool,
    pub(super) tombstones: Vec<Tombstone>,
    /// The audit rows of this transaction, if somebody asked for them.
    pub(super) trail: Option<Vec<Entry>>,
    /// Records as they were before this transaction, if somebody asked for them.
    pub(super) originals: Option<Originals>,
    /// Tags of the audit rows of this transaction.
    pub(super) logged: Vec<[u8; 16]>,
}

impl<'a> Deref for Writer<'a> {
    type Target = Reader<'a>;

    fn deref(&self) -> &Self::Target {
        &self.reader
    }
}

impl DerefMut for Writer<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.reader
    }
}

impl<'a> Writer<'a> {
    pub(in crate::barrier) fn new(
        mut reader: Reader<'a>,
        entropy: &'a mut dyn Entropy,
        actor: &'a Actor,
        now: Time,
    ) -> Self {
        reader.root.epoch += 1;
        Self {
            reader,
            entropy,
            actor,
            now,
            changed: false,
            tombstones: Vec::new(),
            trail: None,
            originals: None,
            logged: Vec::new(),
        }
    }

    /// When this happens.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The generator.
    pub fn entropy(&mut self) -> &mut dyn Entropy {
        self.entropy
    }

    /// An id for a new record.
    pub fn fresh_id(&mut self) -> Result<RecordId> {
        Ok(RecordId::generate(self.entropy)?)
    }

    /// Every record of one kind, the changes of this transaction included.
    pub fn scan<R: Record>(
        &mut self,
        visit: &mut dyn FnMut(RecordId, R) -> Result<()>,
    ) -> Result<()> {
        self.flush()?;
        self.reader.scan(visit)
    }

    /// As [`Reader::part`], the changes of this transaction included.
    pub fn part<R: Record>(&mut self, part: u8) -> Result<Vec<(RecordId, R)>> {
        self.flush()?;
        self.reader.part(part)
    }

    /// Sets a record.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::Error::Integrity) if the bucket of the record is damaged.
    pub fn put<R: Record>(&mut self, id: RecordId, record: &R) -> Result<()> {
        let body = record::encode(record)?;
        self.change(id, Some((R::KIND, body)))
    }

    /// Adds a record under a fresh id. None is looked for there; if there was one, the transaction
    /// would fail.
    ///
    /// # Errors
    ///
    /// [`Error::Bug`](crate::Error::Bug) if the record cannot be written down.
    pub fn add<R: Record>(&mut self, id: RecordId, record: &R) -> Result<()> {
        let body = record::encode(record)?;
        self.keep_absent(id);
        self.stage(
            id,
            Staged {
                old: None,
                new: Some((R::KIND, body)),
            },
        )
    }

    /// Removes a record that is there.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::Error::Integrity) if the bucket of the record is damaged.
    pub fn remove(&mut self, id: RecordId) -> Result<()> {
        self.change(id, None)
    }

    /// Remembers outside the store what this transaction makes of a record, so that no restore revives
    /// it.
    pub fn record_tombstone(&mut self, tombstone: Tombstone) {
        self.tombstones.push(tombstone);
    }

    /// What must be remembered outside before the commit.
    pub(in crate::barrier) fn tombstones(&self) -> &[Tombstone] {
        &self.tombstones
    }

    /// Whether there is anything to commit.
    pub(in crate::barrier) fn has_changed(&self) -> bool {
        self.changed
    }

    fn change(&mut self, id: RecordId, new: Option<(u16, Zeroizing<Vec<u8>>)>) -> Result<()> {
        self.keep_original(id)?;
        if let Some(staged) = self.reader.staged.get_mut(&id) {
            staged.new = new;
            self.changed = true;
            return Ok(());
        }
        // The leaf of what is in the table is taken off the sum later, when the new one is sealed.
        let old = match self.object(id)? {
            None => None,
            Some(row) => Some(object_leaf(&self.unlocked.keys.manifest, id.bytes(), &row)?),
        };
        self.stage(id, Staged { old, new })
    }

    fn stage(&mut self, id: RecordId, staged: Staged) -> Result<()> {
        self.changed = true;
        if self.staged.len() >= MOST_STAGED {
            self.flush()?;
        }
        self.reader.staged.insert(id, staged);
        Ok(())
    }
}
