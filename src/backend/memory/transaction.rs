//! A transaction on a copy of the tables, which replaces them at commit.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::faults::{Around, Faults};
use super::tables::{Shared, Tables};
use crate::backend::{Counts, Fault, IdxKey, LogRow, Mode, ObjId, Row, Transaction, Want};

pub(super) struct MemoryTransaction<'a> {
    pub(super) shared: &'a Shared,
    pub(super) faults: &'a Faults,
    pub(super) tables: Tables,
    pub(super) uses: BTreeMap<ObjId, Row>,
    /// The objects that were removed.
    pub(super) unused: Vec<ObjId>,
    pub(super) mode: Mode,
}

impl MemoryTransaction<'_> {
    fn call(&self, method: &'static str) -> Result<(), Fault> {
        self.faults.call(method)
    }

    /// Counts a row, if any, as returned.
    fn found<T>(&self, row: Option<T>) -> Option<T> {
        row.inspect(|_| self.faults.row())
    }

    /// Begins a change; returns whether it is to be lost.
    fn loses(&self, method: &'static str) -> Result<bool, Fault> {
        self.call(method)?;
        match self.mode {
            Mode::Write | Mode::WriteIfFree => Ok(self.faults.loses(method)),
            Mode::Read => Err(Fault::ReadOnly("this transaction is read-only".into())),
        }
    }
}

impl Transaction for MemoryTransaction<'_> {
    fn fetch(&self, wants: &[Want]) -> Result<(), Fault> {
        self.faults.announce(wants);
        Ok(())
    }

    fn fetches(&self) -> bool {
        true
    }

    fn check_shape(&self) -> Result<(), Fault> {
        self.call("check_shape")?;
        let Tables { hdr, man, .. } = &self.tables;
        let manifest = man.contains_key(&0) && man.keys().all(|b| *b <= 512);
        if hdr.keys().eq(&[1, 2]) && manifest {
            Ok(())
        } else {
            Err(Fault::Corrupt("its rows are not those of a store".into()))
        }
    }

    fn hdr_get(&self, k: u8) -> Result<Option<Vec<u8>>, Fault> {
        self.call("hdr_get")?;
        Ok(self.found(self.tables.hdr.get(&k).cloned()))
    }

    fn hdr_put(&mut self, k: u8, v: &[u8]) -> Result<(), Fault> {
        if self.loses("hdr_put")? {
            return Ok(());
        }
        self.tables.hdr.insert(k, v.to_vec());
        Ok(())
    }

    fn obj_range(
        &self,
        first: &ObjId,
        last: &ObjId,
        visit: &mut dyn FnMut(ObjId, Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.call("obj_range")?;
        within(&self.tables.obj, first, last, |id, row| {
            self.faults.row();
            visit(*id, row.clone())
        })
    }

    fn obj_put(&mut self, id: &ObjId, row: &Row) -> Result<(), Fault> {
        if self.loses("obj_put")? {
            return Ok(());
        }
        self.tables.obj.insert(*id, row.clone());
        Ok(())
    }

    fn obj_add(&mut self, id: &ObjId, row: &Row) -> Result<(), Fault> {
        if self.loses("obj_add")? {
            return Ok(());
        }
        add(&mut self.tables.obj, *id, row.clone())
    }

    fn obj_del(&mut self, id: &ObjId) -> Result<(), Fault> {
        if self.loses("obj_del")? {
            return Ok(());
        }
        self.uses.remove(id);
        self.unused.push(*id);
        present(self.tables.obj.remove(id))
    }

    fn idx_range(
        &self,
        first: &IdxKey,
        last: &IdxKey,
        visit: &mut dyn FnMut(IdxKey, ObjId) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.call("idx_range")?;
        within(&self.tables.idx, first, last, |h, id| {
            self.faults.row();
            visit(*h, *id)
        })
    }

    fn idx_put(&mut self, h: &IdxKey, id: &ObjId) -> Result<(), Fault> {
        if self.loses("idx_put")? {
            return Ok(());
        }
        self.tables.idx.insert(*h, *id);
        Ok(())
    }

    fn idx_add(&mut self, h: &IdxKey, id: &ObjId) -> Result<(), Fault> {
        if self.loses("idx_add")? {
            return Ok(());
        }
        add(&mut self.tables.idx, *h, *id)
    }

    fn idx_del(&mut self, h: &IdxKey) -> Result<(), Fault> {
        if self.loses("idx_del")? {
            return Ok(());
        }
        present(self.tables.idx.remove(h))
    }

    fn man_get(&self, b: u16) -> Result<Option<Row>, Fault> {
        self.call("man_get")?;
        Ok(self.found(self.tables.man.get(&b).cloned()))
    }

    fn man_put(&mut self, b: u16, row: &Row) -> Result<(), Fault> {
        if self.loses("man_put")? {
            return Ok(());
        }
        self.tables.man.insert(b, row.clone());
        Ok(())
    }

    fn man_del(&mut self, b: u16) -> Result<(), Fault> {
        if self.loses("man_del")? {
            return Ok(());
        }
        present(self.tables.man.remove(&b))
    }

    fn log_range(
        &self,
        first: u64,
        last: u64,
        visit: &mut dyn FnMut(LogRow) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.call("log_range")?;
        within(&self.tables.log, &first, &last, |seq, row| {
            self.faults.row();
            visit(LogRow {
                seq: *seq,
                row: row.clone(),
            })
        })
    }

    fn log_bounds(&self) -> Result<Option<(u64, u64)>, Fault> {
        self.call("log_bounds")?;
        let log = &self.tables.log;
        Ok(log
            .first_key_value()
            .zip(log.last_key_value())
            .map(|((a, _), (b, _))| (*a, *b)))
    }

    fn log_put(&mut self, row: &LogRow) -> Result<(), Fault> {
        if self.loses("log_put")? {
            return Ok(());
        }
        let LogRow { seq, row } = row;
        add(&mut self.tables.log, *seq, row.clone())
    }

    fn log_prune(&mut self, last: u64) -> Result<(), Fault> {
        if self.loses("log_prune")? {
            return Ok(());
        }
        self.tables.log.retain(|seq, _| *seq > last);
        Ok(())
    }

    fn use_range(
        &self,
        first: &ObjId,
        last: &ObjId,
        visit: &mut dyn FnMut(ObjId, Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.call("use_range")?;
        within(&self.uses, first, last, |id, row| visit(*id, row.clone()))
    }

    fn uses_of(
        &self,
        ids: &[ObjId],
        visit: &mut dyn FnMut(ObjId, Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.call("uses_of")?;
        let found = |id: &ObjId| self.uses.get(id).map(|row| (*id, row.clone()));
        let mut rows = ids.iter().filter_map(found);
        rows.try_for_each(|(id, row)| visit(id, row))
    }

    fn counts(&self, most: u64) -> Result<Counts, Fault> {
        self.call("counts")?;
        let Tables {
            hdr,
            obj,
            idx,
            man,
            log,
        } = &self.tables;
        let [hdr, obj, idx, man, log] = [hdr.len(), obj.len(), idx.len(), man.len(), log.len()]
            .map(|rows| most.min(rows as u64));
        Ok(Counts {
            hdr,
            obj,
            idx,
            man,
            log,
        })
    }

    fn commit(mut self: Box<Self>) -> Result<(), Fault> {
        self.call("commit")?;
        if self.mode == Mode::Read {
            return Ok(());
        }
        self.faults.commit(Around::Before)?;
        let tables = std::mem::take(&mut self.tables);
        let mut state = self.shared.lock();
        state.tables = tables;
        state.commits += 1;
        for id in &self.unused {
            state.uses.remove(id);
        }
        drop(state);
        self.faults.commit(Around::After)
    }
}

impl Drop for MemoryTransaction<'_> {
    fn drop(&mut self) {
        if self.mode == Mode::Write {
            self.shared.lock().writing = false;
        }
    }
}

/// An inclusive range; empty if its bounds are in the wrong order.
fn within<K: Ord, V>(
    table: &BTreeMap<K, V>,
    first: &K,
    last: &K,
    mut visit: impl FnMut(&K, &V) -> Result<(), Fault>,
) -> Result<(), Fault> {
    if first > last {
        return Ok(());
    }
    table
        .range(first..=last)
        .try_for_each(|(key, value)| visit(key, value))
}

fn add<K: Ord, V>(table: &mut BTreeMap<K, V>, key: K, value: V) -> Result<(), Fault> {
    match table.entry(key) {
        Entry::Vacant(place) => {
            place.insert(value);
            Ok(())
        }
        Entry::Occupied(_) => Err(Fault::Corrupt("a row exists already".into())),
    }
}

fn present<V>(removed: Option<V>) -> Result<(), Fault> {
    removed
        .map(drop)
        .ok_or_else(|| Fault::Corrupt("a row is missing".into()))
}
