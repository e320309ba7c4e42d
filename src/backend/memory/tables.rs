//! The content of a store in memory, and its locking.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::backend::{IdxKey, ObjId, Row};

/// The content of a store, as bytes.
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

/// The state that all connections share.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared(Arc<Mutex<State>>);

/// The committed tables, and who is using them.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) tables: Tables,
    /// Last uses. No transaction replaces them.
    pub(super) uses: BTreeMap<ObjId, Row>,
    pub(super) writing: bool,
    /// How many commits have replaced the tables.
    pub(super) commits: u64,
    pub(super) claimed: Weak<()>,
}

impl Shared {
    pub(super) fn with(tables: Tables) -> Self {
        Self(Arc::new(Mutex::new(State {
            tables,
            ..State::default()
        })))
    }

    /// A panic while locked leaves the tables intact: they are replaced in a single assignment.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
