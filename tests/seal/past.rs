//! A store with a past: each of its records was something else before, and another history parted
//! from it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use hallpass::Error;
use hallpass::backend::Backend;
use hallpass::backend::memory::MemoryBackend;
use hallpass::barrier::{KdfLimits, State, Store, Unlock};
use hallpass::clock::{BootTime, Clock};
use hallpass::model::time::Time;
use hallpass::ops::{Context, Core, before_write};
use hallpass::secret::SecretText;

use crate::support::chance::Chance;
use crate::support::core::{self, NOON};
use crate::support::private_folder;
use crate::support::trees::History;

mod making;

use making::Making;

/// Passwords, and what another system made.
pub(crate) const PASSWORD: &str = "cobalt lantern quiet otter";
pub(crate) const FORMER: &str = "former lantern quiet otter";
pub(crate) const FOREIGN: &str = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";

/// The store, what opens it, and what this machine remembers of it.
pub(crate) struct Past {
    pub(crate) history: History,
    pub(crate) key: SecretText,
    /// Tokens by name, in the order in which they were made.
    pub(crate) tokens: Vec<(&'static str, SecretText)>,
    /// The code that is pending.
    pub(crate) code: String,
    pub(crate) now: Time,
    anchors: Vec<(String, Vec<u8>)>,
}

/// A clock that goes when it is told to; a reading of it does not move it.
#[derive(Clone)]
struct Told(Arc<AtomicI64>);

impl Clock for Told {
    fn unix_seconds(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    fn boot(&self) -> BootTime {
        BootTime {
            boot: [1; 16],
            seconds: self.0.load(Ordering::SeqCst) - NOON + 1000,
        }
    }

    fn since_boot(&self) -> Duration {
        Duration::from_secs(self.boot().seconds.unsigned_abs())
    }
}

impl Past {
    pub(crate) fn new() -> Self {
        let dir = private_folder();
        let state = State {
            folder: Some(dir.path().join("state")),
            path: None,
            require: false,
        };
        let (backend, clock) = (MemoryBackend::new(), Told(Arc::new(AtomicI64::new(NOON))));
        let context = seeded(1, clock.clone());
        let (core, key) = core::found_with(
            Box::new(backend.clone()),
            &state,
            context,
            &mut Chance::of(0),
        );
        let mut making = Making {
            core,
            backend,
            clock,
            tokens: Vec::new(),
            others: Vec::new(),
        };
        making.furnish();
        making.tokens();
        making.second_thoughts();
        making.slots();
        making.more_thoughts();
        let code = making.codes();
        let newest = making.backend.tables();
        making.part(&key);
        let Making {
            core,
            clock,
            tokens,
            others,
            ..
        } = making;
        drop(core);
        let now = Time::now(&clock);
        let history = History { newest, others };
        let anchors = anchors(&dir.path().join("state/anchors"));
        Self {
            history,
            key,
            tokens,
            code,
            now,
            anchors,
        }
    }

    /// The token of that name.
    pub(crate) fn token(&self, name: &str) -> &SecretText {
        &self
            .tokens
            .iter()
            .find(|(known, _)| *known == name)
            .unwrap()
            .1
    }

    pub(crate) fn secret(&self) -> Unlock {
        Unlock::KeyFile(SecretText::new(self.key.expose().to_owned()))
    }

    /// What this machine knows of the newest state, in `folder`.
    pub(crate) fn remember_in(&self, folder: &Path) -> State {
        let state = folder.join("state");
        let _ = fs::remove_dir_all(&state);
        private(&state);
        private(&state.join("anchors"));
        for (name, bytes) in &self.anchors {
            fs::write(state.join("anchors").join(name), bytes).unwrap();
        }
        State {
            folder: Some(state),
            path: Some(folder.join("store.db")),
            require: false,
        }
    }

    /// The context of somebody who does the same thing twice, and compares.
    pub(crate) fn context(&self) -> Context {
        seeded(3, Told(Arc::new(AtomicI64::new(self.now.seconds()))))
    }

    /// Opens the store as a command does.
    pub(crate) fn open(&self, backend: Box<dyn Backend>, state: &State) -> Result<Core, Error> {
        let limits = KdfLimits {
            available_kib: None,
        };
        let store = Store::open(backend, &self.secret(), &limits, state)?;
        Ok(Core::new(store, self.context(), before_write))
    }
}

fn seeded(number: u64, clock: Told) -> Context {
    Context {
        entropy: Box::new(Chance::of(number)),
        ..core::context(clock)
    }
}

fn private(folder: &Path) {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().mode(0o700).create(folder).unwrap();
}

fn anchors(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let named = |path: PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, fs::read(path).unwrap())
    };
    files.map(named).collect()
}
