//! A connection to a store in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use super::faults::Faults;
use super::tables::{Shared, State, Tables};
use super::transaction::MemoryTransaction;
use super::watched::{self, Line, MemoryWatch};
use crate::backend::{
    Backend, Claim, Fault, FileStore, FoundUses, Merge, Mode, ObjId, Placement, Progress, Row,
    Target, Transaction, Uses, Version, Watch,
};

/// A store in memory. A clone is a second connection to the same tables.
#[derive(Debug, Clone, Default)]
pub struct MemoryBackend {
    shared: Shared,
    faults: Faults,
    waits: bool,
    /// What leads to it, if it is watched as a database is.
    line: Option<Line>,
}

impl MemoryBackend {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// A new store with a copy of these tables.
    pub fn with(tables: Tables) -> Self {
        Self {
            shared: Shared::with(tables),
            ..Self::default()
        }
    }

    /// An empty store that is watched as a database is, and the line to it; it keeps last uses apart.
    /// `now` is the time since boot.
    pub fn watched(now: impl Fn() -> Duration + Send + Sync + 'static) -> (Self, Line) {
        let line = Line::new(now);
        let backend = Self {
            line: Some(line.clone()),
            ..Self::default()
        };
        (backend, line)
    }

    /// Fails if the store cannot be reached.
    fn reach(&self) -> Result<(), Fault> {
        self.line.as_ref().map_or(Ok(()), Line::reach_store)
    }

    /// A connection that waits while another one writes, like that of a file, instead of returning
    /// [`Fault::Busy`].
    #[must_use]
    pub fn waiting(&self) -> Self {
        Self {
            waits: true,
            ..self.clone()
        }
    }

    /// Locks the shared tables; to write, waits for other writers first.
    fn enter(&self, mode: Mode) -> Result<MutexGuard<'_, State>, Fault> {
        loop {
            let mut shared = self.shared.lock();
            if mode == Mode::Read || !shared.writing {
                shared.writing |= mode == Mode::Write;
                return Ok(shared);
            }
            if !self.waits {
                return Err(Fault::Busy);
            }
            drop(shared);
            std::thread::yield_now();
        }
    }

    /// The injected faults of this store, shared with its clones.
    pub fn faults(&self) -> Faults {
        self.faults.clone()
    }

    /// A copy of the committed tables.
    pub fn tables(&self) -> Tables {
        self.shared.lock().tables.clone()
    }

    /// Replaces the committed tables, as if the file had been swapped.
    pub fn restore(&self, tables: Tables) {
        self.shared.lock().tables = tables;
    }

    /// A copy of the last uses.
    pub fn last_uses(&self) -> BTreeMap<ObjId, Row> {
        self.shared.lock().uses.clone()
    }

    /// Replaces the last uses, as the administrator of a database can.
    pub fn replace_uses(&self, uses: BTreeMap<ObjId, Row>) {
        self.shared.lock().uses = uses;
    }

    /// Changes the committed tables directly, as an attacker with a hex editor would.
    pub fn tamper<T>(&self, change: impl FnOnce(&mut Tables) -> T) -> T {
        change(&mut self.shared.lock().tables)
    }
}

impl Backend for MemoryBackend {
    fn begin(&mut self, mode: Mode) -> Result<Box<dyn Transaction + '_>, Fault> {
        self.faults.call("begin")?;
        self.reach()?;
        let shared = self.enter(mode)?;
        let (tables, uses) = (shared.tables.clone(), shared.uses.clone());
        drop(shared);
        Ok(Box::new(MemoryTransaction {
            shared: &self.shared,
            faults: &self.faults,
            tables,
            uses,
            unused: Vec::new(),
            mode,
        }))
    }

    fn fetches(&self) -> bool {
        true
    }

    fn version(&mut self) -> Result<Version, Fault> {
        self.faults.call("version")?;
        self.reach()?;
        if self.line.is_some() {
            return Ok(watched::version(&self.shared));
        }
        Ok(Version::counted(self.shared.lock().commits, 0))
    }

    fn watch(&mut self) -> Result<Option<Box<dyn Watch>>, Fault> {
        self.faults.call("watch")?;
        let Some(line) = self.line.clone() else {
            return Ok(None);
        };
        self.reach()?;
        let shared = self.shared.clone();
        Ok(Some(Box::new(MemoryWatch { line, shared })))
    }

    fn uses(&mut self) -> Option<&mut dyn Uses> {
        self.line.is_some().then_some(self as &mut dyn Uses)
    }

    fn writable(&self) -> bool {
        true
    }

    fn claim(&mut self) -> Result<Claim, Fault> {
        self.faults.call("claim")?;
        let mut shared = self.shared.lock();
        if shared.claimed.upgrade().is_some() {
            return Err(Fault::Busy);
        }
        let claim = Arc::new(());
        shared.claimed = Arc::downgrade(&claim);
        Ok(Claim(Box::new(claim)))
    }

    fn files(&mut self) -> Option<&mut dyn FileStore> {
        Some(self)
    }

    fn publish(self: Box<Self>) -> Result<Box<dyn Backend>, Fault> {
        self.faults.call("publish")?;
        Ok(self)
    }
}

impl Uses for MemoryBackend {
    fn change(&mut self, ids: &[ObjId], merge: Merge<'_>) -> Result<(), Fault> {
        self.faults.call("uses_change")?;
        self.reach()?;
        let mut shared = self.shared.lock();
        let State { tables, uses, .. } = &mut *shared;
        let root = tables.man.get(&0).cloned();
        let found = |id: &ObjId| uses.get(id).map(|row| (*id, row.clone()));
        let rows = ids.iter().filter_map(found).collect();
        let set = merge(FoundUses { root, rows });
        uses.extend(
            set.into_iter()
                .filter(|(id, _)| tables.obj.contains_key(id)),
        );
        Ok(())
    }
}

impl FileStore for MemoryBackend {
    fn bulk(&mut self, _on: bool) -> Result<(), Fault> {
        self.faults.call("bulk")
    }

    fn checkpoint(&mut self) -> Result<(), Fault> {
        self.faults.call("checkpoint")
    }

    fn compact(&mut self) -> Result<(), Fault> {
        self.faults.call("compact")
    }

    /// The copy is also a store in memory; the path is ignored.
    fn copy_to(
        &mut self,
        target: &Target<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Box<dyn Backend>, Fault> {
        self.faults.call("copy_to")?;
        let Target {
            path: _,
            placement: Placement::New | Placement::Replace,
            options: _,
        } = target;
        progress(Progress { done: 1, total: 1 });
        Ok(Box::new(Self::with(self.tables())))
    }
}
