//! A restore revives nothing that the replaced store, or this machine, knows to have ended.

use std::path::Path;

use hallpass::backend::memory::{MemoryBackend, Tables};
use hallpass::backend::options::OpenOptions;
use hallpass::backend::{Backend, Placement, Target};
use hallpass::barrier::{KdfLimits, State, Store, Unlock};
use hallpass::ops::store::{self, Backup, Carried, Restored};
use hallpass::ops::{Core, before_write};
use hallpass::secret::SecretText;
use tempfile::TempDir;

use super::fixture::{TestStore, p};
use crate::support::core::context;
use crate::support::private_folder;

mod doubts;
mod ends;
mod merge;
mod tombstones;

/// What stands where a backup is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Present {
    /// The store as it is.
    Store,
    /// Nothing.
    Nothing,
    /// A store whose root does not open.
    Damaged,
}

/// A store, and a machine that remembers it.
struct Machine {
    bench: TestStore,
    state: State,
    _folder: TempDir,
}

impl Machine {
    /// The store of [`TestStore::with_sample_data`].
    fn new() -> Self {
        let folder = private_folder();
        let state = State {
            folder: Some(folder.path().join("state")),
            ..State::off()
        };
        let mut bench = TestStore::with_sample_data();
        bench.core = open(&bench, &state);
        bench.core.read(|_| Ok(())).unwrap();
        Self {
            bench,
            state,
            _folder: folder,
        }
    }

    fn backup(&self) -> Tables {
        self.bench.backend.tables()
    }

    /// Another machine, which this one hears nothing of but by the store.
    fn elsewhere(&mut self, act: impl FnOnce(&mut TestStore)) {
        let there = open(&self.bench, &State::off());
        let own = std::mem::replace(&mut self.bench.core, there);
        act(&mut self.bench);
        self.bench.core = own;
    }

    /// Restores a backup. That a trial says the same is part of every test.
    #[track_caller]
    fn restore(&mut self, backup: &Tables, present: Present) -> Restored {
        let secret = secret(&self.bench);
        self.restore_with(backup, present, &secret)
    }

    #[track_caller]
    fn restore_with(&mut self, backup: &Tables, present: Present, secret: &Unlock) -> Restored {
        let before = self.bench.backend.tables();
        let limits = || KdfLimits {
            available_kib: None,
        };
        let backup = || {
            let backend = Box::new(MemoryBackend::with(backup.clone()));
            Backup {
                backend,
                secret,
                limits: limits(),
            }
        };
        let previewed = store::preview(
            backup(),
            self.present(present),
            &self.state,
            self.bench.now(),
        );
        let previewed = previewed.unwrap();
        assert_eq!(
            self.bench.backend.tables(),
            before,
            "a trial changes nothing"
        );
        let options = OpenOptions::default();
        let placement = Placement::Replace;
        let target = Target {
            path: Path::new("unused"),
            placement,
            options: &options,
        };
        let context = context(self.bench.clock.clone());
        let present = self.present(present);
        let restored = store::restore(
            backup(),
            present,
            &target,
            &self.state,
            context,
            &mut |_| (),
        );
        let (core, restored) = restored.unwrap();
        self.bench.core = core;
        assert_eq!(
            previewed.carried, restored.carried,
            "the trial said something else"
        );
        assert_eq!(previewed.replaced, restored.replaced);
        restored
    }

    fn present(&self, present: Present) -> Option<Box<dyn Backend>> {
        match present {
            Present::Store => Some(Box::new(self.bench.backend.clone())),
            Present::Nothing => None,
            Present::Damaged => {
                let mut tables = self.bench.backend.tables();
                tables.man.remove(&0).unwrap();
                Some(Box::new(MemoryBackend::with(tables)))
            }
        }
    }
}

fn secret(bench: &TestStore) -> Unlock {
    Unlock::KeyFile(SecretText::new(bench.key.expose().to_owned()))
}

fn open(bench: &TestStore, state: &State) -> Core {
    let (unlock, limits) = (
        secret(bench),
        KdfLimits {
            available_kib: None,
        },
    );
    let store = Store::open(Box::new(bench.backend.clone()), &unlock, &limits, state).unwrap();
    Core::new(store, context(bench.clock.clone()), before_write)
}

/// What may be valid again, as `KIND NAME WHAT`.
fn doubts(carried: &Carried) -> Vec<String> {
    let one = |it: &store::MayRevive| {
        format!("{} {} {}", it.doubt.kind(), it.name, it.doubt.word()).replace("  ", " ")
    };
    carried.may_revive.iter().map(one).collect()
}

fn counts(carried: &Carried) -> (u64, u64, u64) {
    (
        carried.revoked_again,
        carried.ended_again,
        carried.passwords_cleared,
    )
}

fn password(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

const OLD: &str = "cobalt lantern quiet otter";
const NEW: &str = "velvet harbour seven maple";

fn set_password(bench: &mut TestStore, text: &str) {
    hallpass::ops::password::set(&mut bench.core, &p("ci"), &password(text)).unwrap();
}

/// Whether a text is the password of `ci`.
fn is_password(bench: &mut TestStore, text: &str) -> bool {
    hallpass::ops::password::verify(&mut bench.core, &p("ci"), &password(text))
        .unwrap()
        .valid
}
