//! Stores in memory with an anchor in a folder.

mod adoption;
mod changes;
mod changing;
mod check;
mod copying;
mod drafts;
mod log;
mod notices;
mod paths;
mod reading;
mod reloading;
mod whole;
mod writing;

use std::path::{Path, PathBuf};

pub(crate) use reloading::renew_keys;

use crate::backend::memory::MemoryBackend;
use crate::barrier::Store;
use crate::barrier::anchor::State;
use crate::barrier::log::chain::Details;
use crate::barrier::unlocking::key_file;
use crate::barrier::unlocking::passphrase::KdfLimits;
use crate::barrier::unlocking::secret::Unlock;
use crate::barrier::unlocking::slot::NewSlot;
use crate::barrier::unlocking::unlocked::NewStore;
use crate::barrier::writer::Writer;
use crate::crypto::Key;
use crate::entropy::OsEntropy;
use crate::error::Result;
use crate::model::audit::{Action, Actor, Object};
use crate::model::time::Time;

const NOW: Time = Time::from_seconds(1_700_000_000);
const STORE: [u8; 16] = [7; 16];

/// The tables of a store, what opens it, and a folder for the state of a machine.
struct TestStore {
    backend: MemoryBackend,
    key: Key,
    folder: tempfile::TempDir,
}

impl TestStore {
    fn new() -> Self {
        Self {
            backend: MemoryBackend::new(),
            key: Key::generate(&mut OsEntropy).unwrap(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A published store that this machine knows.
    fn published() -> (Self, Store) {
        let held = Self::new();
        let store = held.draft(&held.state()).publish().unwrap();
        (held, store)
    }

    fn state_folder(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    fn state(&self) -> State {
        State {
            folder: Some(self.state_folder()),
            path: Some("/somewhere/store.db".into()),
            require: false,
        }
    }

    /// The state of a machine that has seen nothing.
    fn elsewhere(&self) -> State {
        State {
            folder: Some(self.folder.path().join("elsewhere")),
            ..self.state()
        }
    }

    fn draft(&self, state: &State) -> Store {
        let founding = NewStore {
            id: STORE,
            slots: vec![NewSlot::KeyFile(&self.key)],
            now: NOW,
            actor: &Actor::default(),
        };
        let backend = Box::new(self.backend.clone());
        Store::create(backend, &founding, state, &mut OsEntropy, note).unwrap()
    }

    fn secret(&self) -> Unlock {
        Unlock::KeyFile(key_file::encode(&STORE, &self.key))
    }

    fn open(&self, state: &State) -> Store {
        let backend = Box::new(self.backend.clone());
        Store::open(backend, &self.secret(), &KdfLimits::default(), state).unwrap()
    }
}

/// An audit entry.
fn note(w: &mut Writer<'_>) -> Result<()> {
    let object = Object {
        kind: "store".into(),
        id: String::new(),
        name: None,
    };
    w.audit(Action::StoreInit, object, Details::new())
}

fn write_at(
    store: &mut Store,
    at: Time,
    change: impl FnMut(&mut Writer<'_>) -> Result<()>,
) -> Result<()> {
    store.write(at, &Actor::default(), &mut OsEntropy, change)
}

fn change(store: &mut Store) {
    write_at(store, NOW, note).unwrap();
}

fn look(store: &mut Store) -> Result<()> {
    store.read(|_| Ok(()))
}

fn anchor(store: &Store) -> &Path {
    store.anchor_path().unwrap()
}
