//! The five tables in memory, for tests: with faults on order, and open to tampering.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::{
    Backend, Claim, Fault, IdxKey, Mode, ObjId, Placement, Progress, Row, Target, Transaction,
};

mod faults;
mod transaction;

pub use self::faults::{Around, Faults};
use self::transaction::MemoryTransaction;

/// Everything a store holds, as bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tables {
    /// Header and keyring.
    pub hdr: BTreeMap<u8, Vec<u8>>,
    /// Objects.
    pub obj: BTreeMap<ObjId, Row>,
    /// Index entries.
    pub idx: BTreeMap<IdxKey, ObjId>,
    /// Manifest rows.
    pub man: BTreeMap<u16, Row>,
    /// Log rows.
    pub log: BTreeMap<u64, Row>,
}

/// A store in memory. A clone is a second connection to the same tables.
#[derive(Debug, Clone, Default)]
pub struct MemoryBackend {
    shared: Arc<Mutex<Shared>>,
    faults: Faults,
    waits: bool,
}

#[derive(Debug, Default)]
struct Shared {
    tables: Tables,
    writing: bool,
    claimed: Weak<()>,
}

impl MemoryBackend {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// A store of these tables, apart from the one they came from.
    pub fn with(tables: Tables) -> Self {
        let shared = Shared { tables, ..Shared::default() };
        Self { shared: Arc::new(Mutex::new(shared)), ..Self::default() }
    }

    /// A connection that waits while another writes, as those to a file do, and is never told that
    /// the store is busy.
    #[must_use]
    pub fn waiting(&self) -> Self {
        Self { waits: true, ..self.clone() }
    }

    /// The shared tables, once nobody else writes if this is to write.
    fn enter(&self, mode: Mode) -> Result<MutexGuard<'_, Shared>, Fault> {
        loop {
            let mut shared = self.lock();
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

    /// The faults that this store and its clones are told to have.
    pub fn faults(&self) -> Faults {
        self.faults.clone()
    }

    /// A copy of what is committed.
    pub fn tables(&self) -> Tables {
        self.lock().tables.clone()
    }

    /// Puts other tables in place of the committed ones: a file that was swapped.
    pub fn restore(&self, tables: Tables) {
        self.lock().tables = tables;
    }

    /// Changes what is committed behind the back of everything: an attacker with a hex editor.
    pub fn tamper<T>(&self, change: impl FnOnce(&mut Tables) -> T) -> T {
        change(&mut self.lock().tables)
    }

    /// A panic elsewhere leaves the tables whole: they are replaced in one move.
    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Backend for MemoryBackend {
    fn begin(&mut self, mode: Mode) -> Result<Box<dyn Transaction + '_>, Fault> {
        self.faults.call("begin")?;
        let tables = self.enter(mode)?.tables.clone();
        Ok(Box::new(MemoryTransaction { backend: self, tables, mode }))
    }

    fn writable(&self) -> bool {
        true
    }

    fn bulk(&mut self, _on: bool) -> Result<(), Fault> {
        self.faults.call("bulk")
    }

    fn claim(&mut self) -> Result<Claim, Fault> {
        self.faults.call("claim")?;
        let mut shared = self.lock();
        if shared.claimed.upgrade().is_some() {
            return Err(Fault::Busy);
        }
        let claim = Arc::new(());
        shared.claimed = Arc::downgrade(&claim);
        Ok(Claim(Box::new(claim)))
    }

    fn checkpoint(&mut self) -> Result<(), Fault> {
        self.faults.call("checkpoint")
    }

    fn compact(&mut self) -> Result<(), Fault> {
        self.faults.call("compact")
    }

    /// The copy is a store in memory too; the path is not looked at.
    fn copy_to(
        &mut self,
        target: &Target<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Box<dyn Backend>, Fault> {
        self.faults.call("copy_to")?;
        let Target { path: _, placement: Placement::New | Placement::Replace, options: _ } = target;
        progress(Progress { done: 1, total: 1 });
        Ok(Box::new(Self::with(self.tables())))
    }

    fn publish(self: Box<Self>) -> Result<Box<dyn Backend>, Fault> {
        self.faults.call("publish")?;
        Ok(self)
    }
}
