//! A store in memory, a clock that is told the time, and short ways to say things.

use std::fmt::Debug;
use std::io;
use std::str::FromStr;

use hallpass::backend::memory::MemoryBackend;
use hallpass::barrier::{KdfLimits, State, Store, Unique, Unlock};

use hallpass::model::mail::MailSettings;
use hallpass::model::time::Time;
use hallpass::model::token::{Token, TokenAddress};
use hallpass::model::verdict::Reason;
use hallpass::ops::delivery::ImmediateSink;
use hallpass::ops::edit::{Added, IfThere};
use hallpass::ops::token::{Issued, Target};
#[cfg(feature = "server")]
use hallpass::ops::verify::snapshot::Memory;
use hallpass::ops::verify::{Asked, Verdict};
use hallpass::ops::{Core, before_write, connection, environment, profile, store, token, verify};
use hallpass::secret::SecretText;
use hallpass::{Error, Kind};

pub(crate) use super::slow::Slow;
use super::turned_clock::TurnedClock;
pub(crate) use crate::support::core::{DAY, NOON};
use crate::support::core::{context, found};

/// A store to try things on.
pub(crate) struct TestStore {
    pub(crate) core: Core,
    pub(crate) backend: MemoryBackend,
    pub(crate) clock: TurnedClock,
    pub(crate) key: SecretText,
    /// What a server would remember of the store.
    #[cfg(feature = "server")]
    memory: Memory,
}

impl TestStore {
    pub(crate) fn new() -> Self {
        Self::on(MemoryBackend::new())
    }

    /// A store on storage that is empty.
    pub(crate) fn on(backend: MemoryBackend) -> Self {
        let clock = TurnedClock::new();
        let (mut core, key) = found(
            Box::new(backend.clone()),
            &State::off(),
            context(clock.clone()),
        );
        // Verdicts are the same, whether or not verified rows are remembered.
        core.store.remember(1 << 20);
        Self {
            core,
            backend,
            clock,
            key,
            #[cfg(feature = "server")]
            memory: Memory::new(usize::MAX),
        }
    }

    /// Opens its copy in `backend` instead.
    pub(crate) fn move_to(&mut self, backend: MemoryBackend) {
        self.core = self.open(backend.clone());
        self.backend = backend;
        #[cfg(feature = "server")]
        {
            self.memory = Memory::new(usize::MAX);
        }
    }

    /// The same store at the same time, opened by another process.
    pub(crate) fn another(&self) -> Self {
        let (clock, backend) = (self.clock.clone(), self.backend.clone());
        let key = SecretText::new(self.key.expose().to_owned());
        Self {
            core: self.beside(),
            backend,
            clock,
            key,
            #[cfg(feature = "server")]
            memory: Memory::new(usize::MAX),
        }
    }

    /// As [`Self::another`], waiting for others that write.
    pub(crate) fn racer(&self) -> Self {
        let mut racer = self.another();
        racer.core = self.open(self.backend.waiting());
        racer
    }

    /// The core of another process that has the store open.
    pub(crate) fn beside(&self) -> Core {
        self.open(self.backend.clone())
    }

    fn open(&self, backend: MemoryBackend) -> Core {
        let key = SecretText::new(self.key.expose().to_owned());
        let (unlock, limits) = (
            Unlock::KeyFile(key),
            KdfLimits {
                available_kib: None,
            },
        );
        let store = Store::open(Box::new(backend), &unlock, &limits, &State::off()).unwrap();
        Core::new(store, context(self.clock.clone()), before_write)
    }

    /// A store with connections `hr` and `crm` and profile `ci`, restricted to `hr`.
    pub(crate) fn with_sample_data() -> Self {
        let mut bench = Self::new();
        bench.connection("hr");
        bench.connection("crm");
        bench.profile("ci", &["hr"]);
        bench
    }

    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.wait(seconds);
    }

    /// The store's epoch: one more for each transaction that changed something.
    pub(crate) fn epoch(&mut self) -> u64 {
        self.core.read(|r| Ok(r.epoch())).unwrap()
    }

    /// Sets mail, for all environments.
    pub(crate) fn mail(&mut self) {
        let settings = MailSettings {
            transport: p("smtp://mail.example.com"),
            from: p("hallpass@example.com"),
            password: None,
            authorities: None,
            environment: None,
            updated_at: self.now(),
        };
        let set = self.core.write(|w| {
            let id = w.fresh_id()?;
            w.add(id, &settings)?;
            w.index(Unique::Mail(None), id)
        });
        set.unwrap();
    }

    /// Takes the mail settings away.
    pub(crate) fn no_mail(&mut self) {
        let taken = self.core.write(|w| {
            let id = w.find(Unique::Mail(None))?.unwrap();
            w.unindex(Unique::Mail(None))?;
            w.remove(id)
        });
        taken.unwrap();
    }

    /// The verdict on a token, in a word.
    pub(crate) fn reason(&mut self, token: &Token) -> String {
        verify::judge(&mut self.core, token, &Asked::default())
            .unwrap()
            .reason
            .to_string()
    }

    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        let edits = profile::Edits {
            rename: Some(p(to)),
            ..profile::Edits::default()
        };
        profile::edit(&mut self.core, &p(from), &edits).unwrap();
    }

    pub(crate) fn now(&self) -> Time {
        Time::now(&self.clock)
    }

    pub(crate) fn connection(&mut self, name: &str) -> connection::Summary {
        let draft = connection::Draft::new(p(name));
        made(connection::add(&mut self.core, &draft, IfThere::Refuse))
    }

    pub(crate) fn environment(&mut self, name: &str) -> environment::Summary {
        let draft = environment::Draft {
            name: p(name),
            description: None,
        };
        made(environment::add(&mut self.core, &draft, IfThere::Refuse))
    }

    pub(crate) fn profile(&mut self, name: &str, connections: &[&str]) -> profile::Summary {
        let connections = connections.iter().map(|it| p(it)).collect();
        let draft = profile::Draft {
            connections,
            ..profile::Draft::new(p(name))
        };
        made(profile::add(&mut self.core, &draft, IfThere::Refuse))
    }

    /// Makes a token, `PROFILE/NAME`.
    pub(crate) fn token(&mut self, address: &str) -> Held {
        self.issue(&draft(address)).unwrap().into()
    }

    pub(crate) fn issue(&mut self, draft: &token::Draft) -> Result<Issued, Error> {
        token::issue(&mut self.core, draft, &mut Sink::default())
    }

    pub(crate) fn show(&mut self, address: &str) -> token::Summary {
        token::show(&mut self.core, &at(address)).unwrap()
    }

    pub(crate) fn judge(&mut self, held: &Held, asked: &Asked) -> Verdict {
        let verdict = verify::judge(&mut self.core, &held.token, asked).unwrap();
        #[cfg(feature = "server")]
        self.ensure_same_from_memory(held, asked, &verdict);
        verdict
    }

    /// Compares a verdict with those of two snapshots: of a memory that followed all changes, and of a
    /// new one.
    #[cfg(feature = "server")]
    fn ensure_same_from_memory(&mut self, held: &Held, asked: &Asked, verdict: &Verdict) {
        let now = self.core.now();
        for memory in [&mut self.memory, &mut Memory::new(usize::MAX)] {
            let snapshot = self.core.read(|r| memory.refresh(r)).unwrap().unwrap();
            let judged = snapshot.judge(now, &held.token, asked);
            let same = |verdict: &Verdict| serde_json::to_value(verdict).unwrap();
            assert_eq!(same(&judged.unwrap()), same(verdict));
        }
    }

    /// The verdict on a token when nothing else is asked.
    pub(crate) fn verdict(&mut self, held: &Held) -> Reason {
        self.judge(held, &Asked::default()).reason
    }

    pub(crate) fn revoke(&mut self, address: &str) {
        token::revoke(&mut self.core, &[at(address)], None).unwrap();
    }

    pub(crate) fn tokens(&mut self, filter: &token::Filter) -> Vec<token::Summary> {
        let mut all = Vec::new();
        token::list(&mut self.core, filter, &mut |token| {
            all.push(token);
            Ok(())
        })
        .unwrap();
        all
    }
}

/// What is promised at any time: every row, sum, entry and count of the store fits.
impl Drop for TestStore {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.backend.faults().clear();
            store::check(&mut self.core, &mut |_, _| ()).unwrap();
        }
    }
}

/// A token somebody holds.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) token: Token,
    pub(crate) summary: token::Summary,
}

impl From<Issued> for Held {
    fn from(issued: Issued) -> Self {
        let token = Token::parse(issued.secret.expose()).unwrap();
        Self {
            token,
            summary: issued.summary,
        }
    }
}

/// At which step a sink fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Ready,
    Offer,
    Finish,
}

/// Somewhere to hand a secret over to.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    pub(crate) fails_at: Option<Step>,
    /// What went over before it failed.
    pub(crate) took: Vec<Token>,
    pub(crate) steps: Vec<Step>,
}

impl Sink {
    pub(crate) fn failing_at(step: Step) -> Self {
        Self {
            fails_at: Some(step),
            ..Self::default()
        }
    }

    fn reach(&mut self, step: Step) -> io::Result<()> {
        self.steps.push(step);
        if self.fails_at == Some(step) {
            Err(io::ErrorKind::BrokenPipe.into())
        } else {
            Ok(())
        }
    }
}

impl ImmediateSink for Sink {
    fn ready(&mut self) -> io::Result<()> {
        self.reach(Step::Ready)
    }

    fn offer(&mut self, issued: &Issued) -> io::Result<()> {
        self.took
            .push(Token::parse(issued.secret.expose()).unwrap());
        self.reach(Step::Offer)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.reach(Step::Finish)
    }
}

/// Reads any of the model's values.
pub(crate) fn p<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// A draft of `PROFILE/NAME`.
pub(crate) fn draft(address: &str) -> token::Draft {
    let (profile, name) = address.split_once('/').unwrap();
    token::Draft::new(p(profile), p(name))
}

pub(crate) fn at(address: &str) -> Target {
    Target::Address(p::<TokenAddress>(address))
}

pub(crate) fn made<S>(added: Result<Added<S>, Error>) -> S {
    let new = match added.unwrap() {
        Added::Made(summary) => Some(summary),
        Added::Existing { .. } => None,
    };
    new.unwrap()
}

/// The kind of error a call must end with.
#[track_caller]
pub(crate) fn kind<T: Debug>(result: Result<T, Error>) -> Kind {
    result.unwrap_err().kind()
}

/// The message of the error a call must end with.
#[track_caller]
pub(crate) fn message<T: Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().to_string()
}
