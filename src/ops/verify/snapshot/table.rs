//! The records of a snapshot.

use std::collections::HashMap;
use std::sync::Arc;

use super::decoded::Decoded;
use super::grid::Grid;
use super::handles::{self, Handles};
use super::names::Names;
use super::occupied::Occupied;
use super::packed::{Numbers, Packed, Unpacked};
use super::referent::{Referent, Referred};
use crate::error::{Error, Result};
use crate::model::id::RecordId;
use crate::model::token::TokenRecord;
use crate::ops::records::token::TokenProof;

/// The records that verdicts depend on. A clone shares them, and is not changed by what is replaced
/// later.
#[derive(Clone)]
pub(super) struct Table {
    buckets: Grid<Bucket>,
    handles: Handles,
    occupied: Occupied,
    /// What the numbers in packed tokens mean. It only grows.
    ids: Arc<Vec<RecordId>>,
    pub(super) connections: Arc<Names>,
    pub(super) environments: Arc<Names>,
    pub(super) tokens: usize,
}

/// The records whose ids start with the same two bytes.
#[derive(Default)]
struct Bucket {
    tokens: Packed,
    others: Box<[(RecordId, Referent)]>,
}

/// The numbers of the ids that packed tokens refer to.
#[derive(Default)]
pub(super) struct Numbered(HashMap<RecordId, u32>);

impl Table {
    pub(super) fn empty() -> Self {
        Self {
            buckets: Grid::empty(),
            handles: Handles::empty(),
            occupied: Occupied::default(),
            ids: Arc::default(),
            connections: Arc::default(),
            environments: Arc::default(),
            tokens: 0,
        }
    }

    /// Replaces the records of one bucket.
    pub(super) fn replace(&mut self, decoded: Decoded, numbered: &mut Numbered) -> Result<()> {
        let number = decoded.number;
        let mut numbers = Growing {
            numbered,
            ids: &mut self.ids,
        };
        let bucket = Bucket {
            tokens: Packed::of(&decoded.tokens, &mut numbers)?,
            others: decoded.others.into_boxed_slice(),
        };
        let old = self.buckets.get(number).cloned().unwrap_or_default();
        for handle in old.tokens.handles() {
            self.handles.remove(handle, number);
            self.tokens -= 1;
        }
        for handle in bucket.tokens.handles() {
            self.handles.add(handle, number);
            self.tokens += 1;
        }
        self.rename(&old, &bucket);
        self.occupied.set(number, !bucket.tokens.is_empty());
        self.buckets
            .set(number, (!bucket.is_empty()).then_some(bucket));
        Ok(())
    }

    /// Follows the names of the connections and environments of a bucket.
    fn rename(&mut self, old: &Bucket, new: &Bucket) {
        for (id, referent) in &old.others {
            match referent {
                Referent::Profile(_) => (),
                Referent::Connection(it) => Arc::make_mut(&mut self.connections).remove(*id, &**it),
                Referent::Environment(it) => {
                    Arc::make_mut(&mut self.environments).remove(*id, &**it);
                }
            }
        }
        for (id, referent) in &new.others {
            match referent {
                Referent::Profile(_) => (),
                Referent::Connection(it) => Arc::make_mut(&mut self.connections).add(*id, &**it),
                Referent::Environment(it) => Arc::make_mut(&mut self.environments).add(*id, &**it),
            }
        }
    }

    /// The token that may be the one presented: it is if the MACs are equal.
    pub(super) fn candidate(&self, proof: TokenProof<'_>) -> Result<Option<Unpacked>> {
        let handle = handles::presented(proof);
        let is_meant = |record: &TokenRecord| match proof {
            TokenProof::Own(_) => record.imported.is_none(),
            TokenProof::Import(digest) => record.imported == Some(digest.0),
        };
        for number in self.handles.find(handle) {
            let found = match self.buckets.get(number) {
                Some(bucket) => bucket.tokens.find(handle, &self.ids, is_meant)?,
                None => None,
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Some token, chosen by bytes that no caller can choose.
    pub(super) fn decoy(&self, number: u16) -> Result<Option<Unpacked>> {
        let picked = self.occupied.pick(number);
        match picked.and_then(|number| self.buckets.get(number)) {
            Some(bucket) => bucket.tokens.first(&self.ids),
            None => Ok(None),
        }
    }

    /// Loses all records but tokens, as if they were damaged.
    #[cfg(test)]
    pub(super) fn forget_others(&mut self) {
        for number in 0..=u16::MAX {
            if let Some(bucket) = self.buckets.get(number) {
                let tokens = bucket.tokens.clone();
                let others = Box::default();
                self.buckets.set(number, Some(Bucket { tokens, others }));
            }
        }
    }

    /// The token with this record id: a session token may have been made from it.
    pub(super) fn token(&self, id: RecordId) -> Result<Option<Unpacked>> {
        match self.buckets.get(bucket_of(id)) {
            Some(bucket) => bucket.tokens.with_id(id, &self.ids),
            None => Ok(None),
        }
    }

    /// The record that a token refers to.
    pub(super) fn require<R: Referred>(&self, id: RecordId) -> Result<&Arc<R>> {
        let missing = || Error::Integrity(format!("{} `{id}` is missing", R::NOUN));
        let bucket = self.buckets.get(bucket_of(id)).ok_or_else(missing)?;
        let found = bucket.others.iter().find(|(own, _)| *own == id);
        found
            .and_then(|(_, referent)| R::of(referent))
            .ok_or_else(missing)
    }
}

impl Bucket {
    fn is_empty(&self) -> bool {
        self.tokens.is_empty() && self.others.is_empty()
    }
}

fn bucket_of(id: RecordId) -> u16 {
    let [top, next, ..] = *id.bytes();
    u16::from_be_bytes([top, next])
}

/// Numbers that grow with the ids that are seen.
struct Growing<'a> {
    numbered: &'a mut Numbered,
    ids: &'a mut Arc<Vec<RecordId>>,
}

impl Numbers for Growing<'_> {
    fn number(&mut self, id: RecordId) -> u32 {
        let Self { numbered, ids } = self;
        *numbered.0.entry(id).or_insert_with(|| {
            let ids = Arc::make_mut(ids);
            ids.push(id);
            // A store has fewer records than that: each is a row of its file.
            u32::try_from(ids.len() - 1).unwrap_or(u32::MAX)
        })
    }
}
