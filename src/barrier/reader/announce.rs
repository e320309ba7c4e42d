//! Announcing what will be looked up, so that remote storage returns it in one round trip.
//!
//! Nothing is verified or decided here: what is announced in vain costs time, and what is used is
//! compared with the manifest when it is looked up.

use std::collections::BTreeSet;

use super::snapshot::Reader;
use crate::backend::{IdxKey, ObjId, Want};
use crate::barrier::rows::index::Indexer;
use crate::barrier::rows::manifest::{Bucket, Space, Sum};
use crate::barrier::schema::index::{List, Unique};
use crate::error::Result;
use crate::model::id::RecordId;

/// The most ranges that are announced at once: each is a statement of its own.
const AT_ONCE: usize = 256;

/// A look-up that is about to happen.
#[derive(Debug, Clone, Copy)]
pub enum Lookup<'a> {
    /// [`Reader::find`].
    Entry(Unique<'a>),
    /// [`Reader::at`] or [`Reader::find_at`].
    At(List, u64),
    /// [`Reader::get`] or [`Reader::require`].
    Record(RecordId),
    /// As [`Lookup::Entry`], and then the record that the entry names.
    Named(Unique<'a>),
    /// As [`Lookup::At`], and then the record that the entry names.
    NamedAt(List, u64),
}

/// What a look-up reads.
pub(in crate::barrier) enum Target {
    Object(ObjId),
    Entry(IdxKey),
    /// The entry, and the record that it names.
    Both(IdxKey),
}

/// What an index entry is known to name, if there is one.
struct KnownEntry(Option<RecordId>);

impl Lookup<'_> {
    pub(in crate::barrier) fn target(self, indexer: &Indexer<'_>) -> Target {
        match self {
            Self::Entry(what) => Target::Entry(what.entry(indexer)),
            Self::At(list, n) => Target::Entry(list.entry(indexer, n)),
            Self::Record(id) => Target::Object(*id.bytes()),
            Self::Named(what) => Target::Both(what.entry(indexer)),
            Self::NamedAt(list, n) => Target::Both(list.entry(indexer, n)),
        }
    }
}

/// Buckets that will be read.
#[derive(Default)]
pub(in crate::barrier) struct Announced {
    pub(in crate::barrier) buckets: BTreeSet<Bucket>,
    pub(in crate::barrier) others: Vec<Want>,
}

impl Announced {
    pub(in crate::barrier) fn add(&mut self, target: &Target) {
        match target {
            Target::Object(id) => self.buckets.insert(Bucket::of(Space::Objects, id)),
            Target::Entry(h) => self.buckets.insert(Bucket::of(Space::Index, h)),
            Target::Both(h) => {
                self.others.push(Want::Named(*h));
                self.buckets.insert(Bucket::of(Space::Index, h))
            }
        };
    }

    /// All that is read for them, but the manifest rows that are known.
    pub(in crate::barrier) fn wants(self, knows_sums: impl Fn(u16) -> bool) -> Vec<Want> {
        let mut wants = self.others;
        let mut rows = BTreeSet::new();
        for bucket in self.buckets {
            let b = bucket.row();
            if rows.insert(b) && !knows_sums(b) {
                wants.push(Want::Man(b));
            }
            wants.push(bucket.space.range(bucket.bounds()));
        }
        wants
    }
}

impl Reader<'_> {
    /// Announces look-ups, of which those that are not known yet are fetched in one round trip. It does
    /// nothing else: each can be made without, and need not be made.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn announce(&self, lookups: &[Lookup<'_>]) -> Result<()> {
        if !self.tx.fetches() {
            return Ok(());
        }
        let indexer = self.indexer();
        let mut announced = Announced::default();
        for lookup in lookups {
            let unknown = self.unknown(lookup.target(&indexer));
            if let Some(target) = unknown {
                announced.add(&target);
            }
        }
        self.fetch_announced(announced)
    }

    /// What is left to be read of a look-up.
    fn unknown(&self, target: Target) -> Option<Target> {
        match target {
            Target::Object(id) => (!self.knows_object(id)).then_some(target),
            Target::Entry(h) => self.known_entry(&h).is_none().then_some(target),
            Target::Both(h) => match self.known_entry(&h) {
                Some(KnownEntry(named)) => self.unknown(Target::Object(*named?.bytes())),
                None => Some(target),
            },
        }
    }

    /// Fetches what was announced, in as many round trips as it needs.
    pub(in crate::barrier) fn fetch_announced(&self, announced: Announced) -> Result<()> {
        let wants = announced.wants(|b| self.knows_sums(b));
        for some in wants.chunks(AT_ONCE) {
            self.tx.fetch(some)?;
        }
        Ok(())
    }

    /// Whether manifest row `b` is open, or remembered as it is now.
    pub(super) fn knows_sums(&self, b: u16) -> bool {
        let remembered = || {
            let memory = self.remembered.as_deref()?;
            memory.sums(b, self.root.sum(b))
        };
        self.rows.contains_key(&b) || remembered().is_some()
    }

    /// What an index entry names, if that is known.
    fn known_entry(&self, h: &IdxKey) -> Option<KnownEntry> {
        if let Some(known) = self.entries.get(h) {
            return Some(KnownEntry(known.new));
        }
        let now = self.known_sum(Bucket::of(Space::Index, h))?;
        let remembered = self.remembered.as_deref()?.entry(h, now)?;
        Some(KnownEntry(*remembered))
    }

    fn knows_object(&self, id: ObjId) -> bool {
        let remembered = || {
            let now = self.known_sum(Bucket::of(Space::Objects, &id))?;
            self.remembered.as_deref()?.object(&id, now)
        };
        self.staged.contains_key(&RecordId::from_bytes(id)) || remembered().is_some()
    }

    /// The sum of a bucket, if its manifest row is known.
    fn known_sum(&self, bucket: Bucket) -> Option<Sum> {
        let b = bucket.row();
        if let Some(row) = self.rows.get(&b) {
            return Some(row.sums.sum(bucket.next));
        }
        let sums = self.remembered.as_deref()?.sums(b, self.root.sum(b))?;
        Some(sums.sum(bucket.next))
    }
}
