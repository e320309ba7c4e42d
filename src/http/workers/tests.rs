//! The threads behind the answers, on a database.

use super::*;
use crate::backend::location::Location;
use crate::backend::memory::{Line, LineState, MemoryBackend};
use crate::backend::options::OpenOptions;
use crate::backend::traffic::Traffic;
use crate::backend::{Backend as _, Fault};
use crate::barrier::State;
use crate::clock::Clock as _;
use crate::core::Request;
use crate::http::follower::tests::{context, fill, new_store, revoke, sibling};
use crate::http::freshness::tests::SinceBoot;
use crate::http::monitoring::tests::Kept;
use crate::http::options::Options;
use crate::mail::{Commit, Mailer};
use crate::model::audit::Actor;
use crate::model::mail::{MailSettings, Message, SendError};
use crate::model::time::Time;
use crate::model::token::{Presented, TokenAddress};
use crate::model::verdict::Reason;
use crate::ops::token;
use crate::ops::verify::Asked;

/// How long a test waits for what has to come.
const LONG: Duration = Duration::from_secs(30);

/// A mailer that nobody needs.
struct NoMailer;

impl Mailer for NoMailer {
    fn send(&mut self, _: &MailSettings, _: &Message, _: Commit<'_>) -> Result<(), SendError> {
        Err(SendError::Transient("no mail here".to_owned()))
    }
}

/// What a server has behind its answers, on a database, and another machine.
struct Backstage {
    workers: Workers,
    core: Core,
    backend: MemoryBackend,
    line: Line,
    clock: SinceBoot,
    token: String,
    kept: Arc<Kept>,
}

impl Backstage {
    fn start() -> Self {
        let clock = SinceBoot::at(100_000);
        let now = clock.clone();
        let (backend, line) = MemoryBackend::watched(move || now.since_boot());
        let mut core = new_store(&backend, &clock);
        let token = fill(&mut core);
        let opening = Opening {
            location: Location::File("/nowhere".into()),
            adopt: false,
            options: OpenOptions::default(),
            state: State::off(),
            stand_in: Some(backend.clone()),
        };
        let grace = Options::default().database_grace;
        let looked_at = clock.since_boot();
        let boxed = Box::new(clock.clone());
        let freshness = Arc::new(Freshness::new(boxed, looked_at, grace, Traffic::default()));
        let kept = Arc::new(Kept::default());
        let host: Arc<dyn Host> = Arc::<Kept>::clone(&kept);
        let telemetry = Telemetry::start(Arc::clone(&host), context(&clock), &Options::default());
        let mut telemetry = telemetry.unwrap();
        telemetry.set_database(&freshness);
        let of_new = clock.clone();
        let behind = Behind {
            core: sibling(&core, &clock, &backend),
            opening,
            new_context: Box::new(move || context(&of_new)),
            table_limit: usize::MAX,
            new_mailer: Box::new(|| Box::new(NoMailer)),
            database: Some(Database {
                watch: backend.clone().watch().unwrap().unwrap(),
                freshness,
            }),
        };
        let workers = Workers::start(behind, &host, &Arc::new(telemetry)).unwrap();
        Self {
            workers,
            core,
            backend,
            line,
            clock,
            token,
            kept,
        }
    }

    async fn reason(&self) -> Option<Reason> {
        self.reason_for(Actor::default().into()).await
    }

    async fn reason_for(&self, request: Request) -> Option<Reason> {
        let presented = Presented::parse(&self.token).unwrap();
        let judge = &self.workers.judge;
        let judged = judge.judge(request, presented, Asked::default()).await;
        judged.ok().map(|verdict| verdict.reason)
    }

    /// Waits until a verdict is like this.
    async fn until(&self, reason: Option<Reason>) {
        let begun = Instant::now();
        while self.reason().await != reason {
            assert!(begun.elapsed() < LONG, "{:?}", self.kept.lines());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn until_in_memory(&self) {
        let begun = Instant::now();
        while self.workers.judge.snapshot().is_none() {
            assert!(begun.elapsed() < LONG, "{:?}", self.kept.lines());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Ends them, and returns how long that took.
    async fn end(self) -> Duration {
        let begun = Instant::now();
        let workers = self.workers;
        tokio::task::spawn_blocking(|| workers.end()).await.unwrap();
        begun.elapsed()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_read_followed_lost_and_found_again() {
    let mut site = Backstage::start();
    assert_eq!(site.reason().await, Some(Reason::Valid), "from the start");
    site.until_in_memory().await;
    assert_eq!(site.reason().await, Some(Reason::Valid));
    site.line.set(LineState::Cut);
    site.clock.pass(31_001);
    assert_eq!(site.reason().await, None);
    site.line.set(LineState::Up);
    site.until(Some(Reason::Valid)).await;
    revoke(&mut site.core);
    site.until(Some(Reason::Revoked)).await;
    assert!(site.end().await < LAST_FLIGHT);
}

#[tokio::test(flavor = "multi_thread")]
async fn uses_are_recorded_in_a_database_once_it_answers() {
    let mut site = Backstage::start();
    site.until_in_memory().await;
    site.line.set(LineState::Cut);
    // Seen by the follower.
    let begun = Instant::now();
    while !site
        .kept
        .lines()
        .iter()
        .any(|line| line.contains("database_away"))
    {
        assert!(begun.elapsed() < LONG);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(site.reason().await, Some(Reason::Valid));
    site.line.set(LineState::Up);
    let address: TokenAddress = "p/laptop".parse().unwrap();
    let target = address.into();
    let begun = Instant::now();
    while token::show(&mut site.core, &target)
        .unwrap()
        .last_used_at
        .is_none()
    {
        assert!(begun.elapsed() < LONG);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    site.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uses_that_a_database_refuses_are_dropped_and_no_use_changes_the_store() {
    let mut site = Backstage::start();
    site.until_in_memory().await;
    let epoch = |site: &mut Backstage| site.core.read(|r| Ok(r.epoch())).unwrap();
    let before = epoch(&mut site);
    let faults = site.backend.faults();
    faults.fail_method("uses_change", 1, || Fault::Conflict);
    let attempts = || faults.calls_by_method().get("uses_change").copied();
    assert_eq!(site.reason().await, Some(Reason::Valid));
    let begun = Instant::now();
    while attempts().is_none() {
        assert!(begun.elapsed() < LONG);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Twice as long as it takes to the next attempt, if there were one.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(attempts(), Some(1));
    assert!(site.backend.last_uses().is_empty());
    let later = Request {
        actor: Actor::default(),
        now: Some(Time::from_seconds(site.core.now().seconds() + 60)),
    };
    assert_eq!(site.reason_for(later).await, Some(Reason::Valid));
    while site.backend.last_uses().is_empty() {
        assert!(begun.elapsed() < LONG);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(attempts(), Some(2));
    assert_eq!(epoch(&mut site), before);
    site.end().await;
}

/// A service manager would kill it otherwise.
#[tokio::test(flavor = "multi_thread")]
async fn the_end_waits_for_no_database_for_long() {
    let site = Backstage::start();
    site.until_in_memory().await;
    assert_eq!(site.reason().await, Some(Reason::Valid));
    let line = site.line.clone();
    line.set(LineState::Hung);
    let took = site.end().await;
    line.set(LineState::Up);
    assert!(took < LAST_FLIGHT + Duration::from_secs(5), "{took:?}");
}
