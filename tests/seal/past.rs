//! A store with a past: each of its records was something else before, and another history parted
//! from it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use hallpass::Error;
use hallpass::backend::Backend;
use hallpass::backend::memory::{MemoryBackend, Tables};
use hallpass::barrier::{KdfLimits, NewSlot, State, Store, Unlock};
use hallpass::clock::{BootTime, Clock};
use hallpass::crypto::Key;
use hallpass::model::time::Time;
use hallpass::model::token::Encoding;
use hallpass::model::token::TokenAddress;
use hallpass::ops::delivery::{Delivery, ImmediateSink};
use hallpass::ops::edit::{IfThere, ListChange};
use hallpass::ops::otp::{self, Binding, Request};
use hallpass::ops::token::{
    self, Draft, Filter, Issued, RotateRequest, StateFilter, SuccessorLifetime,
};
use hallpass::ops::{
    Context, Core, Suspend, before_write, connection, environment, mail, outbox, password, profile,
    store,
};
use hallpass::secret::SecretText;

use crate::support::chance::Chance;
use crate::support::core::{self, DAY, NOON};
use crate::support::private_folder;
use crate::support::trees::History;

use super::operations::{Nobody, binding, p};

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
}

/// A store that is being given a past.
struct Making {
    core: Core,
    backend: MemoryBackend,
    clock: Told,
    tokens: Vec<(&'static str, SecretText)>,
    others: Vec<Tables>,
}

impl Past {
    pub(crate) fn new() -> Self {
        let dir = private_folder();
        let state = State {
            folder: Some(dir.path().join("state")),
            place: None,
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
            place: Some(folder.join("store.db")),
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

/// Takes a secret and does nothing with it.
struct Taker(Option<SecretText>);

impl ImmediateSink for Taker {
    fn ready(&mut self) -> std::io::Result<()> {
        Ok(())
    }

    fn offer(&mut self, issued: &Issued) -> std::io::Result<()> {
        self.0 = Some(SecretText::new(issued.secret.expose().to_owned()));
        Ok(())
    }

    fn finish(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Making {
    /// Remembers the present state, and lets a minute go by.
    fn keep(&mut self) {
        self.others.push(self.backend.tables());
        self.clock.0.fetch_add(60, Ordering::SeqCst);
    }

    fn furnish(&mut self) {
        let core = &mut self.core;
        for name in ["test", "spare"] {
            let draft = environment::Draft {
                name: p(name),
                description: None,
            };
            environment::add(core, &draft, IfThere::Refuse).unwrap();
        }
        for name in ["hr", "crm", "idle", "shut"] {
            let draft = connection::Draft {
                guide: Some(p("# How")),
                ..connection::Draft::new(p(name))
            };
            connection::add(core, &draft, IfThere::Refuse).unwrap();
        }
        for (name, connections) in [
            ("ci", &["hr"][..]),
            ("sync", &[]),
            ("batch", &["hr", "crm"]),
            ("gone", &[]),
            ("still", &["shut"]),
        ] {
            let draft = profile::Draft {
                connections: connections.iter().map(|it| p(it)).collect(),
                email: Some(p(&format!("{name}@example.org"))),
                groups: vec![p("staff")],
                ..profile::Draft::new(p(name))
            };
            profile::add(core, &draft, IfThere::Refuse).unwrap();
        }
        for name in ["ci", "sync"] {
            password::set(core, &p(name), &SecretText::new(FORMER.to_owned())).unwrap();
        }
        let way = mail::Draft {
            transport: p("smtp://mail.example.com"),
            from: p("hallpass@example.com"),
            password: None,
            authorities: None,
        };
        mail::set(core, &mut Nobody, None, way).unwrap();
        self.keep();
    }

    fn tokens(&mut self) {
        for address in [
            "ci/laptop",
            "ci/runner",
            "sync/a",
            "batch/b",
            "gone/x",
            "still/y",
            "ci/old",
            "ci/past",
        ] {
            let (profile, name) = address.split_once('/').unwrap();
            let device = (name == "laptop").then(|| p("Laptop 7"));
            let draft = Draft {
                device,
                ..Draft::new(p(profile), p(name))
            };
            let mut taker = Taker(None);
            token::issue(&mut self.core, &draft, Delivery::Immediate(&mut taker)).unwrap();
            self.tokens.push((address, taker.0.unwrap()));
        }
        let draft = Draft::new(p("batch"), p("legacy"));
        let preset = token::Preset::Value(SecretText::new(FOREIGN.to_owned()));
        token::import(&mut self.core, &draft, &preset).unwrap();
        self.keep();
    }

    /// What was allowed before is not allowed now.
    fn second_thoughts(&mut self) {
        let at = |address: &str| token::Target::Address(p::<TokenAddress>(address));
        token::revoke(&mut self.core, &[at("ci/past")], None).unwrap();
        self.keep();
        profile::suspend(&mut self.core, &p("still"), &Suspend::default()).unwrap();
        connection::block(&mut self.core, &p("shut"), None).unwrap();
        self.keep();
        password::set(
            &mut self.core,
            &p("ci"),
            &SecretText::new(PASSWORD.to_owned()),
        )
        .unwrap();
        let wrong = SecretText::new("wrong".to_owned());
        password::verify(&mut self.core, &p("ci"), &wrong).unwrap();
        self.keep();
        let only = ListChange {
            add: vec![p("10.0.0.0/8")],
            remove: Vec::new(),
        };
        let edits = connection::Edits {
            allow_ip: only,
            ..connection::Edits::default()
        };
        connection::edit(&mut self.core, &p("hr"), &edits).unwrap();
        let fewer = ListChange {
            add: Vec::new(),
            remove: vec![p("crm")],
        };
        let edits = profile::Edits {
            connections: fewer,
            ..profile::Edits::default()
        };
        profile::edit(&mut self.core, &p("batch"), &edits).unwrap();
        self.keep();
    }

    /// A further key that opens it, and one that did for a while.
    fn slots(&mut self) {
        for key in (0..2).map(|n| Key::generate(&mut Chance::of(n)).unwrap()) {
            store::key::add(&mut self.core, &NewSlot::KeyFile(&key)).unwrap();
            self.keep();
        }
        let slot = store::key::list(&mut self.core).unwrap().pop().unwrap();
        store::key::remove(&mut self.core, &slot, None, &KdfLimits::default()).unwrap();
        self.keep();
    }

    fn more_thoughts(&mut self) {
        let rotating = RotateRequest {
            target: token::Target::Address(p("sync/a")),
            overlap: p("0"),
            life: SuccessorLifetime::Inherited,
            at_least: None,
            form: Encoding::Native,
            request: None,
        };
        let mut taker = Taker(None);
        token::rotate(&mut self.core, &rotating, Delivery::Immediate(&mut taker)).unwrap();
        self.tokens.push(("sync/new", taker.0.unwrap()));
        profile::delete(&mut self.core, &p("gone")).unwrap();
        self.keep();
        profile::add(
            &mut self.core,
            &profile::Draft::new(p("gone")),
            IfThere::Refuse,
        )
        .unwrap();
        let edits = environment::Edits {
            make_default: true,
            ..environment::Edits::default()
        };
        environment::edit(&mut self.core, &p("test"), &edits).unwrap();
        connection::rotate_key(&mut self.core, &p("hr")).unwrap();
        environment::rotate_key(&mut self.core, &p("production")).unwrap();
        self.keep();
        self.clock.0.fetch_add(40 * DAY, Ordering::SeqCst);
        let filter = Filter {
            which: StateFilter::Ended,
            ended_for: Some(p("39d")),
            ..Filter::default()
        };
        assert!(!token::prune(&mut self.core, &filter).unwrap().is_empty());
        self.keep();
        let runner = token::Target::Address(p::<TokenAddress>("ci/runner"));
        token::revoke(&mut self.core, &[runner], None).unwrap();
        self.keep();
    }

    /// Codes that were cancelled, replaced and are pending.
    fn codes(&mut self) -> String {
        // A message that waits.
        let batch = Binding {
            profile: p("batch"),
            ..binding()
        };
        let request = Request {
            binding: batch,
            device: None,
            asked_from: None,
        };
        otp::request(&mut self.core, &request).unwrap();
        let mut code = String::new();
        for n in 0..3 {
            self.clock.0.fetch_add(600, Ordering::SeqCst);
            let request = Request {
                binding: binding(),
                device: None,
                asked_from: None,
            };
            let requested = otp::request(&mut self.core, &request).unwrap();
            let message = requested.message;
            outbox::send_one(&mut self.core, message, &mut Nobody, &mut |_| ()).unwrap();
            if n == 0 {
                otp::cancel(&mut self.core, &binding()).unwrap();
            }
            requested.code.expose().clone_into(&mut code);
            if n < 2 {
                self.keep();
            }
        }
        code
    }

    /// Another history, which parted from this one before its newest change.
    fn part(&mut self, key: &SecretText) {
        let fork = MemoryBackend::with(self.others.last().unwrap().clone());
        let unlock = Unlock::KeyFile(SecretText::new(key.expose().to_owned()));
        let (limits, state) = (KdfLimits::default(), State::off());
        let store = Store::open(Box::new(fork.clone()), &unlock, &limits, &state).unwrap();
        let mut core = Core::new(store, seeded(2, self.clock.clone()), before_write);
        profile::resume(&mut core, &p("still")).unwrap();
        self.others.push(fork.tables());
        connection::unblock(&mut core, &p("shut")).unwrap();
        self.others.push(fork.tables());
    }
}
