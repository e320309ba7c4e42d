use std::sync::atomic::AtomicI64;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use super::*;
use crate::backend::memory::MemoryBackend;
use crate::backend::{Backend, Claim, FileStore, Mode, Transaction};
use crate::barrier::{NewSlot, State};
use crate::clock::{BootTime, Clock};
use crate::core::Context;
use crate::crypto::Key;
use crate::entropy::OsEntropy;
use crate::http::host::{Host, News};
use crate::http::options::Options;
use crate::http::telemetry::Telemetry;
use crate::model::audit::Actor;
use crate::model::time::{Expiry, Span};
use crate::model::token::TokenAddress;
use crate::model::verdict::Reason;
use crate::ops::edit::IfThere;
use crate::ops::{before_write, profile, store, token};

/// What happens once a transaction has begun: it does not see it any more.
type Meanwhile = Arc<Mutex<Vec<Box<dyn FnOnce() + Send>>>>;

/// A storage in which something happens after a transaction has begun.
struct Meddled(MemoryBackend, Meanwhile);

impl Backend for Meddled {
    fn begin(&mut self, mode: Mode) -> std::result::Result<Box<dyn Transaction + '_>, Fault> {
        let begun = self.0.begin(mode)?;
        let meanwhile = self.1.lock().unwrap().pop();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
        Ok(begun)
    }

    fn version(&mut self) -> std::result::Result<Version, Fault> {
        self.0.version()
    }

    fn writable(&self) -> bool {
        true
    }

    fn claim(&mut self) -> std::result::Result<Claim, Fault> {
        self.0.claim()
    }

    fn files(&mut self) -> Option<&mut dyn FileStore> {
        None
    }

    fn publish(self: Box<Self>) -> std::result::Result<Box<dyn Backend>, Fault> {
        Ok(self)
    }
}

struct Silent;

impl Host for Silent {
    fn log(&self, _: &str) {}

    fn reload(&self) -> std::result::Result<Options, String> {
        Ok(Options::default())
    }

    fn notify(&self, _: &News) {}
}

/// A clock that is turned. It shows how many seconds have passed since the start.
#[derive(Debug, Clone, Default)]
struct Turned(Arc<AtomicI64>);

impl Turned {
    fn to(&self, seconds: i64) {
        self.0.store(seconds, Ordering::SeqCst);
    }
}

impl Clock for Turned {
    fn unix_seconds(&self) -> i64 {
        1_795_521_600 + self.0.load(Ordering::SeqCst)
    }

    fn boot(&self) -> BootTime {
        BootTime {
            boot: [0; 16],
            seconds: 1000,
        }
    }

    fn since_boot(&self) -> Duration {
        Duration::from_secs(1000)
    }
}

fn context(clock: &Turned) -> Context {
    Context {
        clock: Box::new(clock.clone()),
        entropy: Box::new(OsEntropy),
        request: Actor::default().into(),
        token_lifetime: Span::YEAR,
    }
}

/// A store with the token `p/laptop`, and a judge with one connection.
struct Court {
    backend: MemoryBackend,
    core: Core,
    judge: Arc<Judge>,
    token: String,
    meanwhile: Meanwhile,
    clock: Turned,
}

impl Court {
    fn new() -> Self {
        let clock = Turned::default();
        let key = Key::generate(&mut OsEntropy).unwrap();
        let slots = vec![NewSlot::KeyFile(&key)];
        let backend = MemoryBackend::new();
        let boxed = Box::new(backend.clone());
        let mut core = store::init(boxed, [7; 16], slots, &State::off(), context(&clock)).unwrap();
        add(&mut core, "p");
        let draft = token::Draft::new("p".parse().unwrap(), "laptop".parse().unwrap());
        let issued = token::issue_many(&mut core, &[draft]).unwrap();
        let host: Arc<dyn Host> = Arc::new(Silent);
        let telemetry = Telemetry::start(Arc::clone(&host), context(&clock), &Options::default());
        let gate = Gate::new(host, Arc::new(telemetry.unwrap()), channel().0);
        let gate = Arc::new(gate);
        let pool = Arc::new(Pool::of(Vec::new(), Vec::new(), &gate));
        let meanwhile = Meanwhile::default();
        let meddled = Meddled(backend.clone(), Arc::clone(&meanwhile));
        let desk = sibling(&core, &clock, Box::new(meddled));
        Self {
            judge: Arc::new(Judge::new(pool, vec![desk], usize::MAX, gate)),
            token: issued[0].secret.expose().to_owned(),
            backend,
            core,
            meanwhile,
            clock,
        }
    }

    fn another(&self) -> Core {
        sibling(&self.core, &self.clock, Box::new(self.backend.clone()))
    }

    async fn reason(&self) -> Reason {
        self.reason_of(&self.token).await
    }

    async fn reason_of(&self, token: &str) -> Reason {
        let presented = Presented::parse(token).unwrap();
        let request = Actor::default().into();
        let judged = self.judge.judge(request, presented, Asked::default());
        judged.await.unwrap().reason
    }
}

fn sibling(core: &Core, clock: &Turned, backend: Box<dyn Backend>) -> Core {
    let store = core.store.open_sibling(backend, &State::off()).unwrap();
    Core::new(store, context(clock), before_write)
}

fn add(core: &mut Core, name: &str) {
    let draft = profile::Draft::new(name.parse().unwrap());
    profile::add(core, &draft, IfThere::Refuse).unwrap();
}

fn revoke(core: &mut Core) {
    let target: TokenAddress = "p/laptop".parse().unwrap();
    token::revoke(core, &[target.into()], None).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_committed_while_the_store_is_read_counts_for_the_next_verdict() {
    let mut court = Court::new();
    let mut another = court.another();
    court.judge.refresh(&mut another).unwrap().unwrap();
    assert_eq!(court.reason().await, Reason::Valid);
    add(&mut court.core, "other");
    // Of the two readings that follow, after the second has begun.
    court.meanwhile.lock().unwrap().extend([
        Box::new(move || revoke(&mut another)) as Box<dyn FnOnce() + Send>,
        Box::new(|| ()),
    ]);
    let first = court.reason().await;
    assert!(court.meanwhile.lock().unwrap().is_empty(), "the premise");
    assert_eq!(first, Reason::Valid, "the premise: it was not seen");
    assert_eq!(court.reason().await, Reason::Revoked);
}

#[test]
fn a_newer_snapshot_is_not_replaced_by_one_whose_reading_began_earlier() {
    let court = Court::new();
    let meddled = Meddled(court.backend.clone(), Arc::clone(&court.meanwhile));
    let mut slow = sibling(&court.core, &court.clock, Box::new(meddled));
    let (mut fast, judge) = (court.another(), Arc::clone(&court.judge));
    let (newest, epoch) = channel();
    let meanwhile = move || {
        revoke(&mut fast);
        let reading = thread::spawn(move || {
            let snapshot = judge.refresh(&mut fast).unwrap().unwrap();
            newest.send(snapshot.epoch()).unwrap();
        });
        // It would be done by now, unless it waits for this one.
        thread::sleep(Duration::from_millis(300));
        drop(reading);
    };
    court.meanwhile.lock().unwrap().push(Box::new(meanwhile));
    let older = court.judge.refresh(&mut slow).unwrap().unwrap();
    let newest = epoch.recv_timeout(Duration::from_secs(30)).unwrap();
    assert!(older.epoch() < newest, "the premise");
    assert_eq!(court.judge.snapshot().unwrap().epoch(), newest);
}

/// Two years: the token has expired, which has a year.
const LATER: i64 = 2 * 365 * 86_400;

/// Turns the clock back and forth around the expiry, and sees that the token stays expired.
async fn stays_expired(court: &Court) {
    for seconds in [0, -LATER, 86_400, LATER, 0] {
        court.clock.to(seconds);
        assert_eq!(court.reason().await, Reason::Expired, "{seconds}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_expired_stays_so_when_the_clock_is_set_back_after_a_change() {
    for in_memory in [false, true] {
        let mut court = Court::new();
        if in_memory {
            court.judge.refresh(&mut court.another()).unwrap().unwrap();
        }
        assert_eq!(court.reason().await, Reason::Valid);
        court.clock.to(LATER);
        assert_eq!(court.reason().await, Reason::Expired);
        add(&mut court.core, "other");
        stays_expired(&court).await;
    }
}

/// Or one reading of a wrong clock would end tokens for good, though nobody has changed anything.
#[tokio::test(flavor = "multi_thread")]
async fn a_use_by_a_clock_that_is_ahead_ends_no_token() {
    for in_memory in [false, true] {
        let mut court = Court::new();
        let draft = token::Draft {
            expires: Some(Expiry::Never),
            ..token::Draft::new("p".parse().unwrap(), "lasting".parse().unwrap())
        };
        let issued = token::issue_many(&mut court.core, &[draft]).unwrap();
        if in_memory {
            court.judge.refresh(&mut court.another()).unwrap().unwrap();
        }
        court.clock.to(LATER);
        assert_eq!(court.reason().await, Reason::Expired);
        let lasting = court.reason_of(issued[0].secret.expose()).await;
        assert_eq!(lasting, Reason::Valid);
        let uses = court.judge.uses.take(court.core.now(), usize::MAX);
        assert_eq!(uses.len(), 1, "the premise");
        verify::note(&mut court.core, &uses).unwrap();
        court.clock.to(0);
        assert_eq!(court.reason().await, Reason::Valid);
    }
}
