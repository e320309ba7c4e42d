//! Last uses that storage keeps apart from the objects. No manifest covers them.
//!
//! A row that does not open, or is of another incarnation, is as good as absent: anybody who can write to
//! the database can make one. So nothing that is allowed or refused may depend on what is read here.

use super::known_uses::KnownUses;
use super::snapshot::Reader;
use crate::backend::{ObjId, Row};
use crate::barrier::rows::last_use::LastUse;
use crate::barrier::rows::manifest::Space;
use crate::barrier::rows::root::Root;
use crate::barrier::unlocking::unlocked::Unlocked;
use crate::error::Result;
use crate::model::id::RecordId;
use crate::model::time::Time;

impl Reader<'_> {
    /// When an object was last used, if the storage keeps that apart from the objects and has it.
    ///
    /// For display and reports only: whoever can write to the database can have it forgotten.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn last_use(&mut self, id: RecordId) -> Result<Option<Time>> {
        self.expect_uses(&[id])?;
        Ok(self.uses.known.get(&id).copied().flatten())
    }

    /// Reads the last uses of several objects together, ahead of [`Self::last_use`] for each.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn expect_uses(&mut self, ids: &[RecordId]) -> Result<()> {
        let is_in = |id: &RecordId, part: u8| id.bytes().first() == Some(&part);
        if let Some((part, false)) = self.uses.part
            && ids.iter().any(|id| is_in(id, part))
        {
            self.read_part_uses(part)?;
        }
        let KnownUses { known, part } = &self.uses;
        let is_known = |id: &RecordId| {
            known.contains_key(id) || part.is_some_and(|(part, all)| all && is_in(id, part))
        };
        let missing = ids.iter().filter(|id| !is_known(id));
        let missing: Vec<ObjId> = missing.map(|id| *id.bytes()).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let mut found = Vec::new();
        self.tx.uses_of(&missing, &mut |id, row| {
            found.extend(opened(self.unlocked, &self.root, id, &row));
            Ok(())
        })?;
        let absent = missing
            .into_iter()
            .map(|id| (RecordId::from_bytes(id), None));
        self.uses.known.extend(absent);
        self.uses
            .known
            .extend(found.into_iter().map(|(id, at)| (id, Some(at))));
        Ok(())
    }

    /// All last uses that the storage keeps apart from the objects, by object.
    pub(in crate::barrier) fn all_last_uses(&self) -> Result<Vec<(RecordId, Time)>> {
        self.uses_between(([0; 16], [u8::MAX; 16]))
    }

    fn read_part_uses(&mut self, top: u8) -> Result<()> {
        let found = self.uses_between(Space::Objects.bounds(top))?;
        // Those of earlier parts are not asked for again, and there may be many.
        self.uses.known = found.into_iter().map(|(id, at)| (id, Some(at))).collect();
        self.uses.part = Some((top, true));
        Ok(())
    }

    fn uses_between(&self, (first, last): (ObjId, ObjId)) -> Result<Vec<(RecordId, Time)>> {
        let mut found = Vec::new();
        self.tx.use_range(&first, &last, &mut |id, row| {
            found.extend(opened(self.unlocked, &self.root, id, &row));
            Ok(())
        })?;
        Ok(found)
    }
}

fn opened(unlocked: &Unlocked, root: &Root, id: ObjId, row: &Row) -> Option<(RecordId, Time)> {
    let last = last_use(unlocked, root, id, row)?;
    Some((RecordId::from_bytes(id), last))
}

/// The last use of `id` in the incarnation of `root`, if `row` is one.
pub(in crate::barrier) fn last_use(
    unlocked: &Unlocked,
    root: &Root,
    id: ObjId,
    row: &Row,
) -> Option<Time> {
    // The key may have been retired and removed since.
    let sealer = unlocked.keys.object(Some(row.kid)).ok()?;
    let place = LastUse::place(&unlocked.header.store, row.kid, id);
    let last = LastUse::read(&sealer.key.open(&place, &row.sealed)?)?;
    (last.incarnation == root.incarnation).then_some(last.at)
}
