//! A connection to a store in memory.

use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use super::faults::Faults;
use super::tables::{Shared, State, Tables};
use super::transaction::MemoryTransaction;
use super::watched::{self, Line, MemoryWatch};
use crate::backend::{
    Backend, Claim, Fault, FileStore, Mode, Placement, Progress, Target, Transaction, Version,
    Watch,
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

    /// An empty store that is watched as a database is, and the line to it. `now` is the time since
    /// boot.
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

    /// Changes the committed tables directly, as an attacker with a hex editor would.
    pub fn tamper<T>(&self, change: impl FnOnce(&mut Tables) -> T) -> T {
        change(&mut self.shared.lock().tables)
    }
}

impl Backend for MemoryBackend {
    fn begin(&mut self, mode: Mode) -> Result<Box<dyn Transaction + '_>, Fault> {
        self.faults.call("begin")?;
        self.reach()?;
        let tables = self.enter(mode)?.tables.clone();
        Ok(Box::new(MemoryTransaction {
            shared: &self.shared,
            faults: &self.faults,
            tables,
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
