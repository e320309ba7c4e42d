//! A store with a bit of everything in it, and all that it can be asked.

use hallpass::error::Subject;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hallpass::backend::memory::{MemoryBackend, Tables};
use hallpass::backend::sqlite::{OpenOptions, SqliteBackend};
use hallpass::backend::{Backend, Placement, Target};
use hallpass::barrier::{KdfLimits, State, Store, Unlock};
use hallpass::clock::FixedClock;
use hallpass::model::time::Time;
use hallpass::model::token::{Token, TokenAddress};
use hallpass::ops::edit::IfThere;
use hallpass::ops::store::{self, Restored};
use hallpass::ops::{Context, Core, before_write, connection, environment, profile, token, verify};
use hallpass::secret::SecretText;
use hallpass::{Error, Kind};
use tempfile::TempDir;

use crate::support::{core, private_folder};

pub(crate) const NOW: Time = Time::from_seconds(core::NOON);

const ADDRESSES: [&str; 4] = ["ci/laptop", "ci/runner", "sync/a", "batch/b"];

/// A store in a folder of its own, or in memory, and its key.
pub(crate) struct AttackStore {
    dir: TempDir,
    key: SecretText,
    pub(crate) tokens: Vec<SecretText>,
}

/// No waiting for another process: what is locked in a test stays locked.
fn brief() -> OpenOptions {
    OpenOptions {
        busy_timeout: Duration::from_millis(50),
        ..OpenOptions::default()
    }
}

/// The context at [`NOW`].
pub(crate) fn context() -> Context {
    core::context(FixedClock::new(NOW))
}

impl AttackStore {
    /// A store in a file, with the usual things in it.
    pub(crate) fn new() -> Self {
        let (mut lab, mut core) = Self::empty(|path| {
            Box::new(SqliteBackend::create(path, &OpenOptions::default()).unwrap())
        });
        lab.fill(&mut core);
        core.store.checkpoint().unwrap();
        drop(core);
        lab.sweep();
        lab
    }

    /// A store that was made elsewhere, put into a folder of its own.
    pub(crate) fn with(store: &[u8], key: &str, tokens: &str) -> Self {
        let lab = Self {
            dir: private_folder(),
            key: SecretText::new(key.to_owned()),
            tokens: tokens
                .lines()
                .map(|line| SecretText::new(line.to_owned()))
                .collect(),
        };
        lab.put(store);
        lab
    }

    /// The text of the key file.
    pub(crate) fn key(&self) -> &str {
        self.key.expose()
    }

    /// The same in memory, with the tables it consists of.
    pub(crate) fn in_memory() -> (Self, Tables) {
        let backend = MemoryBackend::new();
        let held = backend.clone();
        let (mut lab, mut core) = Self::empty(move |_| Box::new(backend));
        lab.fill(&mut core);
        (lab, held.tables())
    }

    /// A further store like this one, still open, in a backend that the test holds on to.
    pub(crate) fn refound(backend: MemoryBackend) -> (Self, Core) {
        let (mut lab, mut core) = Self::empty(move |_| Box::new(backend));
        lab.fill(&mut core);
        (lab, core)
    }

    fn empty(backend: impl FnOnce(&Path) -> Box<dyn Backend>) -> (Self, Core) {
        let dir = private_folder();
        let mut lab = Self {
            dir,
            key: SecretText::new(String::new()),
            tokens: Vec::new(),
        };
        let (core, key) = core::found(backend(&lab.path()), &lab.state(), context());
        lab.key = key;
        (lab, core)
    }

    fn fill(&mut self, core: &mut Core) {
        environment::add(core, &draft_environment("test"), IfThere::Refuse).unwrap();
        for name in ["hr", "crm"] {
            connection::add(core, &draft_connection(name), IfThere::Refuse).unwrap();
        }
        for (name, connections) in [
            ("ci", vec!["hr"]),
            ("sync", vec![]),
            ("batch", vec!["hr", "crm"]),
        ] {
            let draft = profile::Draft {
                connections: connections
                    .iter()
                    .map(|name| name.parse().unwrap())
                    .collect(),
                email: Some("ops@example.org".parse().unwrap()),
                ..profile::Draft::new(name.parse().unwrap())
            };
            profile::add(core, &draft, IfThere::Refuse).unwrap();
        }
        for (profile, name) in [
            ("ci", "laptop"),
            ("ci", "runner"),
            ("sync", "a"),
            ("batch", "b"),
        ] {
            self.issue(core, profile, name);
        }
        let gone: token::Target = "ci/runner".parse::<TokenAddress>().unwrap().into();
        token::revoke(core, &[gone], None).unwrap();
    }

    pub(crate) fn issue(&mut self, core: &mut Core, profile: &str, name: &str) {
        let draft = token::Draft::new(profile.parse().unwrap(), name.parse().unwrap());
        let issued = token::issue_many(core, &[draft]).unwrap();
        self.tokens
            .extend(issued.into_iter().map(|issued| issued.secret));
    }

    /// The store's file, or a copy of it, unopened.
    pub(crate) fn backend(path: &Path) -> Box<dyn Backend> {
        Box::new(SqliteBackend::open(path, &brief()).unwrap())
    }

    /// Restores a backup over the store, on a machine with this state. `present` is the store that
    /// is replaced, if it is asked too.
    pub(crate) fn restore(
        &self,
        backup: &Path,
        present: Option<Box<dyn Backend>>,
        state: &State,
    ) -> Result<(Core, Restored), Error> {
        let options = brief();
        let secret = self.secret();
        let path = self.path();
        let backup = store::Backup {
            backend: Self::backend(backup),
            secret: &secret,
            limits: KdfLimits::default(),
        };
        let target = Target {
            path: &path,
            placement: Placement::Replace,
            options: &options,
        };
        store::restore(backup, present, &target, state, context(), &mut |_| ())
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder().join("store.db")
    }

    pub(crate) fn state(&self) -> State {
        State {
            folder: Some(self.folder().join("state")),
            path: Some(self.path()),
            require: false,
        }
    }

    pub(crate) fn secret(&self) -> Unlock {
        Unlock::KeyFile(SecretText::new(self.key.expose().to_owned()))
    }

    /// Opens the file as a command does.
    pub(crate) fn open(&self) -> Result<Core, Error> {
        self.open_with(&self.state())
    }

    pub(crate) fn open_with(&self, state: &State) -> Result<Core, Error> {
        let backend = SqliteBackend::open(&self.path(), &patient())?;
        self.core(Box::new(backend), state)
    }

    /// Opens tables in memory.
    pub(crate) fn open_tables(&self, tables: Tables) -> Result<Core, Error> {
        self.core(Box::new(MemoryBackend::with(tables)), &State::off())
    }

    /// Opens a backend that the test holds on to, as this machine knows it.
    pub(crate) fn open_backend(&self, backend: MemoryBackend) -> Result<Core, Error> {
        self.core(Box::new(backend), &self.state())
    }

    /// Opens a backend in memory that the test holds on to, as a machine without an anchor.
    pub(crate) fn open_in(&self, backend: MemoryBackend) -> Core {
        self.core(Box::new(backend), &State::off()).unwrap()
    }

    fn core(&self, backend: Box<dyn Backend>, state: &State) -> Result<Core, Error> {
        let store = Store::open(backend, &self.secret(), &KdfLimits::default(), state)?;
        Ok(Core::new(store, context(), before_write))
    }

    /// Everything the store can be asked, as text. An error of any question is the answer.
    pub(crate) fn ask(&self, core: &mut Core) -> Result<String, Error> {
        let mut answers = Vec::new();
        answers.push(json(&environment::list(core)?));
        answers.push(json(&connection::list(core)?));
        answers.push(json(&profile::list(core)?));
        let mut listed = Vec::new();
        token::list(core, &everything(), &mut |it| {
            listed.push(json(&it));
            Ok(())
        })?;
        listed.sort();
        answers.extend(listed);
        for secret in &self.tokens {
            let token = Token::parse(secret.expose()).unwrap();
            let verdict = verify::judge(core, &token, &verify::Asked::default())?;
            answers.push(json(&verdict));
        }
        for address in ADDRESSES {
            let target: token::Target = address.parse::<TokenAddress>().unwrap().into();
            answers.push(match token::show(core, &target) {
                Ok(summary) => json(&summary),
                Err(Error::NotFound(Subject::Token(_))) => "none".into(),
                Err(error) => return Err(error),
            });
        }
        Ok(answers.join("\n"))
    }

    /// Opens the file without an anchor, the weakest case, and asks everything.
    pub(crate) fn answer(&self) -> Result<String, Error> {
        self.ask(&mut self.open_with(&State::off())?)
    }

    /// The full check, without an anchor.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.open_with(&State::off())?
            .read(|r| r.check(&mut |_, _| ()))
            .map(drop)
    }

    /// Removes what lies beside the file, as an attacker with a whole file of his own would.
    pub(crate) fn sweep(&self) {
        for suffix in ["-wal", "-shm", "-journal"] {
            let mut name = self.path().into_os_string();
            name.push(suffix);
            let _ = fs::remove_file(name);
        }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap()
    }

    /// Puts other bytes in the store's place.
    pub(crate) fn put(&self, bytes: &[u8]) {
        self.sweep();
        fs::write(self.path(), bytes).unwrap();
        fs::set_permissions(self.path(), Permissions::from_mode(0o600)).unwrap();
    }
}

/// The answer is an honest refusal or the truth; a refusal is one of damage.
#[track_caller]
pub(crate) fn unchanged(truth: &str, answer: Result<String, Error>, what: &str) -> bool {
    match answer {
        Ok(answer) => {
            assert_eq!(answer, truth, "{what} changed an answer");
            false
        }
        Err(error) => {
            refused(&error, what);
            true
        }
    }
}

/// The error is one of damage.
#[track_caller]
pub(crate) fn refused(error: &Error, what: &str) {
    let damage = [
        Kind::Integrity,
        Kind::Corrupt,
        Kind::NewerFormat,
        Kind::WrongKey,
        Kind::Storage,
        Kind::Rollback,
        Kind::Fork,
        Kind::Substituted,
    ];
    assert!(damage.contains(&error.kind()), "{what}: {error}");
}

fn patient() -> OpenOptions {
    OpenOptions {
        busy_timeout: Duration::from_millis(200),
        ..OpenOptions::default()
    }
}

fn everything() -> token::Filter {
    token::Filter {
        which: token::StateFilter::All,
        ..token::Filter::default()
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

fn draft_environment(name: &str) -> environment::Draft {
    environment::Draft {
        name: name.parse().unwrap(),
        description: None,
    }
}

fn draft_connection(name: &str) -> connection::Draft {
    connection::Draft::new(name.parse().unwrap())
}
