//! Writing: one transaction, its audit rows, and the manifest that vouches for both.

use std::ops::{Deref, DerefMut};

use super::anchor::Tombstone;
use super::header::{Header, fingerprint};
use super::index::{List, Unique};
use super::log::{self, Details};
use super::manifest::object_leaf;
use super::reader::{Lead, MOST_ENTRIES, Reader, Unsealed};
use super::record::{self, Record};
use crate::backend::{Fault, IdxKey};
use crate::crypto::Entropy;
use crate::crypto::seal::tag_of;
use crate::error::{Error, Result};
use crate::model::audit::{Action, Actor, Entry, Object, Outcome};
use crate::model::id::RecordId;
use crate::model::time::Time;

mod originals;
mod proof;
mod sealing;

use originals::Originals;

/// Unsealed objects are kept until the end, so that one changed often is sealed once; never more
/// than this many.
const MOST_UNSEALED: usize = 4096;

/// A change that is being made. Nothing of it is visible before it is committed.
pub struct Writer<'a> {
    reader: Reader<'a>,
    entropy: &'a mut dyn Entropy,
    actor: &'a Actor,
    now: Time,
    changed: bool,
    tombstones: Vec<Tombstone>,
    /// The audit rows of this transaction, if somebody asked for them.
    trail: Option<Vec<Entry>>,
    /// Records as they were before this transaction, if somebody asked for them.
    originals: Option<Originals>,
    /// Tags of the audit rows of this transaction.
    logged: Vec<[u8; 16]>,
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
    pub(super) fn new(
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
    pub fn put<R: Record>(&mut self, id: RecordId, record: &R) -> Result<()> {
        let body = record::encode(record)?;
        self.change(id, Some((R::KIND, body)))
    }

    /// Adds a record under a fresh id. None is looked for there; if there was one, the transaction
    /// would fail.
    pub fn add<R: Record>(&mut self, id: RecordId, record: &R) -> Result<()> {
        let body = record::encode(record)?;
        self.keep_absent(id);
        self.hold(id, Unsealed { old: None, new: Some((R::KIND, body)) })
    }

    /// Removes a record that is there.
    pub fn remove(&mut self, id: RecordId) -> Result<()> {
        self.change(id, None)
    }

    /// Gives a record something to itself that no other has.
    pub fn index(&mut self, what: Unique<'_>, id: RecordId) -> Result<()> {
        let h = self.indexer().unique(what);
        self.lead_first(h, id)
    }

    /// Gives a record what another had, or nobody.
    pub fn reindex(&mut self, what: Unique<'_>, id: RecordId) -> Result<()> {
        let h = self.indexer().unique(what);
        self.lead(h, Some(id)).map(drop)
    }

    /// Takes an index entry away that is there.
    pub fn unindex(&mut self, what: Unique<'_>) -> Result<()> {
        let h = self.indexer().unique(what);
        self.unlead(h)
    }

    /// Adds entry `count` to a list that a record counts.
    pub fn push(&mut self, list: List, count: u32, id: RecordId) -> Result<()> {
        let h = self.indexer().numbered(list, count.into());
        self.lead_first(h, id)
    }

    /// Takes entry `position` out of a list of `count`, moving the last one there. `place` is where
    /// the moved record keeps its position.
    pub fn pull<R: Record>(
        &mut self,
        list: List,
        count: u32,
        position: u32,
        place: fn(&mut R) -> &mut u32,
    ) -> Result<()> {
        let Some(moved) = self.pull_entry(list, count, position)? else { return Ok(()) };
        let mut record: R = self.require(moved)?;
        *place(&mut record) = position;
        self.put(moved, &record)
    }

    /// As [`Self::pull`], for a list whose records do not keep their position; says which record
    /// was moved, if one was.
    pub fn pull_entry(
        &mut self,
        list: List,
        count: u32,
        position: u32,
    ) -> Result<Option<RecordId>> {
        let end = count.checked_sub(1).ok_or(Error::Bug("an empty list has no entries"))?;
        let moved = self.at(list, end.into())?;
        let h = self.indexer().numbered(list, end.into());
        self.unlead(h)?;
        if position == end {
            return Ok(None);
        }
        let h = self.indexer().numbered(list, position.into());
        self.lead(h, Some(moved))?;
        Ok(Some(moved))
    }

    /// Adds a record to one of the store's own lists; says its position.
    pub fn enlist(&mut self, list: List, id: RecordId) -> Result<u32> {
        let count = self.own_count(list)?;
        self.push(list, count, id)?;
        self.set_own_count(list, u64::from(count) + 1)?;
        Ok(count)
    }

    /// Takes a record out of one of the store's own lists.
    pub fn delist<R: Record>(
        &mut self,
        list: List,
        position: u32,
        place: fn(&mut R) -> &mut u32,
    ) -> Result<()> {
        let count = self.own_count(list)?;
        self.pull(list, count, position, place)?;
        self.set_own_count(list, u64::from(count).saturating_sub(1))
    }

    /// Says in the audit log what this transaction does.
    pub fn audit(&mut self, action: Action, object: Object, details: Details) -> Result<()> {
        self.audit_outcome(action, Outcome::Done, object, details)
    }

    /// As [`Self::audit`], for what was tried and did not go well.
    pub fn audit_outcome(
        &mut self,
        action: Action,
        outcome: Outcome,
        object: Object,
        details: Details,
    ) -> Result<()> {
        let entry = Entry {
            at: self.now,
            epoch: self.root.epoch,
            actor: self.actor.clone(),
            action: action.word().to_owned(),
            object,
            outcome,
            details,
        };
        let seq = self.root.log_last + 1;
        let (opened, before) = (self.reader.opened, self.root.log_head);
        let (row, head) =
            log::seal(&opened.keys, &opened.header.store, seq, &before, &entry, self.entropy)?;
        self.reader.tx.log_put(&row)?;
        self.logged.extend(tag_of(&row.row.sealed));
        if let Some(trail) = &mut self.trail {
            trail.push(entry);
        }
        (self.reader.root.log_last, self.reader.root.log_head) = (seq, head);
        self.changed = true;
        Ok(())
    }

    /// From now on the audit rows of this transaction are kept for [`Self::trail`].
    pub fn keep_trail(&mut self) {
        self.trail = Some(Vec::new());
    }

    /// What this transaction has said to the audit log since [`Self::keep_trail`].
    pub fn trail(&mut self) -> Vec<Entry> {
        self.trail.take().unwrap_or_default()
    }

    /// Remembers outside the store what this transaction makes of a record, so that no restore revives
    /// it.
    pub fn record_tombstone(&mut self, tombstone: Tombstone) {
        self.tombstones.push(tombstone);
    }

    /// Counts a token that another system made.
    pub fn count_import(&mut self) {
        self.reader.root.imports = self.reader.root.imports.saturating_add(1);
    }

    /// Counts it no more.
    pub fn discount_import(&mut self) {
        self.reader.root.imports = self.reader.root.imports.saturating_sub(1);
    }

    fn own_count(&mut self, list: List) -> Result<u32> {
        u32::try_from(self.count(list)?).map_err(|_| Error::Bug("a list is too long"))
    }

    fn set_own_count(&mut self, list: List, count: u64) -> Result<()> {
        let place = self.reader.root.count_mut(list);
        *place.ok_or(Error::Bug("a record counts this list"))? = count;
        Ok(())
    }

    fn change(
        &mut self,
        id: RecordId,
        new: Option<(u16, zeroize::Zeroizing<Vec<u8>>)>,
    ) -> Result<()> {
        self.keep_original(id)?;
        if let Some(unsealed) = self.reader.unsealed.get_mut(&id) {
            unsealed.new = new;
            self.changed = true;
            return Ok(());
        }
        let old = match self.object(id)? {
            None => None,
            Some(row) => Some(object_leaf(&self.opened.keys.manifest, id.bytes(), &row)?),
        };
        self.hold(id, Unsealed { old, new })
    }

    fn hold(&mut self, id: RecordId, unsealed: Unsealed) -> Result<()> {
        self.changed = true;
        if self.unsealed.len() >= MOST_UNSEALED {
            self.flush()?;
        }
        self.reader.unsealed.insert(id, unsealed);
        Ok(())
    }

    /// Lets an index entry lead elsewhere, or nowhere; says where it led.
    fn lead(&mut self, h: IdxKey, id: Option<RecordId>) -> Result<Option<RecordId>> {
        self.changed = true;
        self.make_room()?;
        let led = self.entry(&h)?;
        let lead = self.reader.entries.get_mut(&h).ok_or(Error::Bug("an entry went missing"))?;
        lead.new = id;
        Ok(led)
    }

    /// Lets an index entry lead somewhere that led nowhere. As long as nobody has looked, that is
    /// found out when it is added.
    fn lead_first(&mut self, h: IdxKey, id: RecordId) -> Result<()> {
        self.changed = true;
        match self.reader.entries.get_mut(&h) {
            Some(Lead { new: Some(_), .. }) => Err(Error::Bug("an index entry is taken")),
            Some(lead) => {
                lead.new = Some(id);
                Ok(())
            }
            None => {
                self.make_room()?;
                self.reader.entries.insert(h, Lead { old: None, new: Some(id) });
                Ok(())
            }
        }
    }

    fn make_room(&mut self) -> Result<()> {
        if self.entries.len() < MOST_ENTRIES { Ok(()) } else { self.flush_entries() }
    }

    fn unlead(&mut self, h: IdxKey) -> Result<()> {
        let missing = || Error::Integrity("an index entry is missing".into());
        self.lead(h, None)?.map(drop).ok_or_else(missing)
    }

    /// What must be remembered outside before the commit.
    pub(super) fn tombstones(&self) -> &[Tombstone] {
        &self.tombstones
    }

    /// Whether there is anything to commit.
    pub(super) fn has_changed(&self) -> bool {
        self.changed
    }

    /// Counts `now` as a time at which a change was made.
    pub(super) fn advance_wall(&mut self) {
        let root = &mut self.reader.root;
        root.wall_max = root.wall_max.max(self.now);
    }

    /// Counts a time that was seen elsewhere.
    pub(super) fn see_time(&mut self, at: Time) {
        let root = &mut self.reader.root;
        root.wall_max = root.wall_max.max(at);
    }

    /// Replaces the header of generation `before`; another process may have been faster.
    pub(super) fn replace_header(&mut self, header: &Header, before: u64) -> Result<()> {
        if self.root.header_gen != before {
            return Err(Fault::Busy.into());
        }
        let bytes = header.encode(self.opened.root_key());
        self.put_header(&bytes)?;
        let root = &mut self.reader.root;
        (root.header_gen, root.header_hash) = (header.generation, fingerprint(&bytes));
        self.changed = true;
        Ok(())
    }

    /// Puts the store at another epoch of another incarnation.
    pub(super) fn set_history(&mut self, incarnation: [u8; 16], epoch: u64) {
        let root = &mut self.reader.root;
        (root.incarnation, root.epoch) = (incarnation, root.epoch.max(epoch));
        root.known_from = root.wall_max.max(self.now);
        self.changed = true;
    }

    /// Forgets every later time than now.
    pub(super) fn reset_wall(&mut self) {
        self.reader.root.wall_max = self.now;
        self.changed = true;
    }
}
