//! What a store in memory holds, and who is at it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::backend::{IdxKey, ObjId, Row};

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

/// The state that all connections share.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared(Arc<Mutex<State>>);

/// What is committed, and who works on it.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) tables: Tables,
    pub(super) writing: bool,
    /// How often the tables were replaced by a commit.
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

    /// A panic elsewhere leaves the tables whole: they are replaced in one move.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
