//! A change to the store: its records, and the tombstones to record outside.

use std::ops::{Deref, DerefMut};

use zeroize::Zeroizing;

use super::originals::Originals;
use crate::barrier::anchor::{Adoption, Tombstone};
use crate::barrier::reader::{Reader, Staged};
use crate::barrier::rows::manifest::object_leaf;
use crate::barrier::rows::record::{self, Record};
use crate::entropy::Entropy;
use crate::error::Result;
use crate::model::audit::{Actor, Entry};
use crate::model::id::RecordId;
use crate::model::time::Time;

/// How many objects may be staged. They are kept until the end, so that an object that changes
/// often is sealed once; beyond the limit they are flushed.
const MAX_STAGED: usize = 4096;

/// A change in progress. Nothing of it is visible before it is committed.
pub struct Writer<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) entropy: &'a mut dyn Entropy,
    pub(super) actor: &'a Actor,
    pub(super) now: Time,
    pub(super) changed: bool,
    pub(super) tombstones: Vec<Tombstone>,
    /// The audit entries of this transaction, if requested.
    pub(super) trail: Option<Vec<Entry>>,
    /// The records as they were before this transaction, if requested.
    pub(super) originals: Option<Originals>,
    /// The history that this machine adopts with this transaction, if it does.
    pub(in crate::barrier) adoption: Option<Adoption>,
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
            adoption: None,
            logged: Vec::new(),
        }
    }

    /// The time of this transaction.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The source of randomness.
    pub fn entropy(&mut self) -> &mut dyn Entropy {
        self.entropy
    }

    /// Generates an id for a new record.
    ///
    /// # Errors
    ///
    /// [`Error::NoRandomness`](crate::Error::NoRandomness) if the system returns no random bytes.
    pub fn fresh_id(&mut self) -> Result<RecordId> {
        Ok(RecordId::generate(self.entropy)?)
    }

    /// As [`Reader::part`], including the changes of this transaction.
    ///
    /// # Errors
    ///
    /// Those of [`Reader::part`] and [`Self::flush`].
    pub fn part<R: Record>(&mut self, part: u8) -> Result<Vec<(RecordId, R)>> {
        self.flush()?;
        self.reader.part(part)
    }

    /// Writes a record: adds it or replaces it.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::Error::Integrity) if the bucket of the record is damaged.
    pub fn put<R: Record>(&mut self, id: RecordId, record: &R) -> Result<()> {
        let body = record::encode(record)?;
        self.change(id, Some((R::KIND, body)))
    }

    /// Adds a record under a fresh id. The id is not looked up first; if it were taken, the
    /// transaction would fail.
    ///
    /// # Errors
    ///
    /// [`Error::Bug`](crate::Error::Bug) if the record cannot be encoded.
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

    /// Removes an existing record.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::Error::Integrity) if the bucket of the record is damaged.
    pub fn remove(&mut self, id: RecordId) -> Result<()> {
        self.change(id, None)
    }

    /// Adds a tombstone to record outside the store, so that no restore revives the record.
    pub fn record_tombstone(&mut self, tombstone: Tombstone) {
        self.tombstones.push(tombstone);
    }

    /// The tombstones to record before the commit.
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
        // Its leaf is subtracted from the sum later, when the new row is sealed.
        let old = match self.object(id)? {
            None => None,
            Some(row) => Some(object_leaf(&self.unlocked.keys.manifest, id.bytes(), &row)?),
        };
        self.stage(id, Staged { old, new })
    }

    fn stage(&mut self, id: RecordId, staged: Staged) -> Result<()> {
        self.changed = true;
        if self.staged.len() >= MAX_STAGED {
            self.flush()?;
        }
        self.reader.staged.insert(id, staged);
        Ok(())
    }
}
