//! The full check: every row, every sum, every index entry and the whole log.

use std::cmp::Ordering;
use std::collections::HashSet;

use serde::Serialize;

use crate::backend::Counts;
use crate::barrier::reader::Reader;
use crate::barrier::rows::frame;
use crate::barrier::rows::root::Root;
use crate::barrier::schema::records::{check_body, is_import};
use crate::barrier::unlocking::unlocked;
use crate::error::{Error, Result};
use crate::model::time::Time;

/// What a full check covered.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The epoch that was checked.
    pub epoch: u64,
    /// Sealed records.
    pub records: u64,
    /// Index entries.
    pub entries: u64,
    /// Audit rows.
    pub audit_rows: u64,
}

/// The size of a store.
#[derive(Debug, Clone, Serialize)]
pub struct Census {
    /// The epoch, incremented by each transaction.
    pub epoch: u64,
    /// Profiles.
    pub profiles: u64,
    /// Connections.
    pub connections: u64,
    /// Environments.
    pub environments: u64,
    /// Sealed records of every kind, tombstones included.
    pub records: u64,
    /// Audit rows.
    pub audit_rows: u64,
    /// When the store last changed.
    pub changed_at: Time,
}

impl Reader<'_> {
    /// The counts that the root records.
    pub fn census(&self) -> Census {
        let root = &self.root;
        let [profiles, connections, environments, _] = root.lists;
        Census {
            epoch: root.epoch,
            profiles,
            connections,
            environments,
            records: root.objects,
            audit_rows: (root.log_last + 1).saturating_sub(root.log_first),
            changed_at: root.wall_max,
        }
    }

    /// Checks the whole store. `progress` receives the number of units done and the total.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] at the first damage found.
    pub fn check(&mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<Report> {
        let root = self.root.clone();
        let audit_rows = (root.log_last + 1).saturating_sub(root.log_first);
        let total = root.objects + root.entries + audit_rows;
        let mut done = 0;
        let mut step = |n: u64| {
            done += n;
            progress(done, total);
        };
        self.check_counts(&root)?;
        unlocked::verify_heads(self.unlocked, &*self.tx, &root)?;
        let ids = self.check_objects(&root, &mut step)?;
        self.check_entries(&ids, &mut step)?;
        self.log_whole(&mut |_, _| {
            step(1);
            Ok(())
        })?;
        Ok(Report {
            epoch: root.epoch,
            records: root.objects,
            entries: root.entries,
            audit_rows,
        })
    }

    /// Checks that the tables hold as many rows as the root records. A row outside every bucket
    /// cannot affect an answer, but no honest program wrote it. The rows of the buckets need not be
    /// counted again: the sums cover each of them.
    pub(in crate::barrier) fn check_counts(&self, root: &Root) -> Result<()> {
        let expected = Counts {
            hdr: 2,
            obj: root.objects,
            idx: root.entries,
            man: 1 + root.sums(),
            log: (root.log_last + 1).saturating_sub(root.log_first),
        };
        let Counts {
            hdr,
            obj,
            idx,
            man,
            log,
        } = expected;
        let most = hdr.max(obj).max(idx).max(man).max(log).saturating_add(1);
        let found = self.tx.counts(most)?;
        counted("hdr", found.hdr, hdr)?;
        counted("obj", found.obj, obj)?;
        counted("idx", found.idx, idx)?;
        counted("man", found.man, man)?;
        counted("log", found.log, log)
    }

    fn check_objects(
        &mut self,
        root: &Root,
        step: &mut dyn FnMut(u64),
    ) -> Result<HashSet<[u8; 16]>> {
        let mut ids = HashSet::new();
        let mut imports = 0;
        self.scan_frames(&mut |id, frame| {
            let (kind, body) = frame::unwrap(frame)?;
            check_body(kind, body)?;
            imports += u64::from(is_import(kind, body)?);
            ids.insert(*id.bytes());
            step(1);
            Ok(())
        })?;
        if imports != root.imports {
            return Err(Error::Integrity(
                "the count of imported tokens is wrong".into(),
            ));
        }
        Ok(ids)
    }

    fn check_entries(&mut self, ids: &HashSet<[u8; 16]>, step: &mut dyn FnMut(u64)) -> Result<()> {
        for top in 0..=255 {
            let mut astray = false;
            let mut here = 0;
            self.entries_of(top, &mut |id| {
                astray |= !ids.contains(&id);
                here += 1;
            })?;
            if astray {
                return Err(Error::Integrity("an index entry points to nothing".into()));
            }
            step(here);
        }
        Ok(())
    }
}

fn counted(table: &str, found: u64, expected: u64) -> Result<()> {
    let found = match found.cmp(&expected) {
        Ordering::Equal => return Ok(()),
        Ordering::Less => found.to_string(),
        Ordering::Greater => "more".to_owned(),
    };
    Err(Error::Integrity(format!(
        "`{table}` should have {expected} rows, and has {found}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_has_to_fit() {
        assert!(counted("obj", 3, 3).is_ok());
        let said = |found| counted("obj", found, 3).unwrap_err().to_string();
        assert!(said(2).ends_with("`obj` should have 3 rows, and has 2"));
        assert!(said(4).ends_with("`obj` should have 3 rows, and has more"));
    }
}
