//! Recording last uses where the storage keeps them apart from the objects.

use std::collections::BTreeMap;

use super::handle::Store;
use crate::backend::{Fault, FoundUses, ObjId, Row};
use crate::barrier::reader::last_use;
use crate::barrier::rows::last_use::LastUse;
use crate::barrier::unlocking::unlocked::Unlocked;
use crate::entropy::Entropy;
use crate::error::{Error, Result};
use crate::model::id::RecordId;
use crate::model::time::{Span, Time};

/// How last uses are recorded.
struct Merging<'a> {
    uses: &'a BTreeMap<RecordId, Time>,
    /// One that is less than so much later than what is recorded is not.
    every: Span,
    unlocked: &'a Unlocked,
}

impl Store {
    /// Whether the storage keeps last uses apart from the objects, as databases do: recording one changes
    /// neither the object nor the root then.
    pub fn keeps_uses_apart(&mut self) -> bool {
        self.backend.uses().is_some()
    }

    /// Records last uses where the storage keeps them apart from the objects: each unless a later one is
    /// recorded, or one less than `every` before it. Nothing else is read, and nothing is waited for.
    ///
    /// What is recorded is not durable at once, and a conflict is not resolved: this is for what may be lost.
    ///
    /// # Errors
    ///
    /// Those of the storage. Nothing was recorded then, as far as is known.
    pub fn note_uses(
        &mut self,
        uses: &BTreeMap<RecordId, Time>,
        every: Span,
        entropy: &mut dyn Entropy,
    ) -> Result<()> {
        if self.unlocked.header.newer_minor() {
            return Err(Fault::NewerFormat("it can be read, but not written".into()).into());
        }
        if self.merge_uses(uses, every, entropy)? {
            return Ok(());
        }
        // Another process has replaced the keyring or the header.
        self.look(|_| Ok(()))?;
        if self.merge_uses(uses, every, entropy)? {
            return Ok(());
        }
        Err(Fault::Conflict.into())
    }

    /// One attempt; returns whether the keys were the newest.
    fn merge_uses(
        &mut self,
        uses: &BTreeMap<RecordId, Time>,
        every: Span,
        entropy: &mut dyn Entropy,
    ) -> Result<bool> {
        let Some(storage) = self.backend.uses() else {
            return Err(Error::Bug("last uses are kept by the objects here"));
        };
        let merging = Merging {
            uses,
            every,
            unlocked: &self.unlocked,
        };
        let ids: Vec<ObjId> = uses.keys().map(|id| *id.bytes()).collect();
        let mut merged = Ok(true);
        storage.change(&ids, &mut |found| {
            let rows = merging.rows(found, entropy);
            let (rows, done) = match rows {
                Ok(Some(rows)) => (rows, Ok(true)),
                Ok(None) => (Vec::new(), Ok(false)),
                Err(error) => (Vec::new(), Err(error)),
            };
            merged = done;
            rows
        })?;
        merged
    }
}

impl Merging<'_> {
    /// The rows to set, in the order of their ids; `None` if the keys are not the newest.
    fn rows(
        &self,
        found: FoundUses,
        entropy: &mut dyn Entropy,
    ) -> Result<Option<Vec<(ObjId, Row)>>> {
        let Self {
            uses,
            every,
            unlocked,
        } = self;
        let missing = || Error::Storage(Fault::Corrupt("there is no root".into()));
        let root = found.root.ok_or_else(missing)?;
        if !unlocked.fits(&root) {
            return Ok(None);
        }
        let root = unlocked.open_root(&root)?;
        if !unlocked.is_at(&root) {
            return Ok(None);
        }
        let recorded: BTreeMap<ObjId, Row> = found.rows.into_iter().collect();
        let sealer = unlocked.keys.object(None)?;
        let mut rows = Vec::new();
        for (id, at) in *uses {
            let id = *id.bytes();
            let row = recorded.get(&id);
            let last = row.and_then(|row| last_use(unlocked, &root, id, row));
            if last.is_some_and(|last| last.plus(*every) > *at) {
                continue;
            }
            let next = LastUse {
                incarnation: root.incarnation,
                at: *at,
            };
            let place = LastUse::place(&unlocked.header.store, sealer.kid, id);
            let sealed = sealer.key.seal(&place, &next.frame(root.epoch)?, entropy)?;
            let kid = sealer.kid;
            rows.push((id, Row { kid, sealed }));
        }
        Ok(Some(rows))
    }
}
