//! A server on a database that may be away, without sockets and threads: steps are taken, and time
//! passes, when a test says so.

use std::collections::BTreeSet;
use std::sync::mpsc::channel;
use std::thread;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use tokio::time::timeout;
use tower::ServiceExt as _;

use super::*;
use crate::backend::memory::{Line, LineState, MemoryBackend, Tables};
use crate::backend::traffic::Traffic;
use crate::backend::{Backend as _, Fault};
use crate::barrier::{NewSlot, State};
use crate::clock::Clock as _;
use crate::core::Context;
use crate::crypto::Key;
use crate::entropy::OsEntropy;
use crate::http::app::App;
use crate::http::door::Door;
use crate::http::freshness::tests::SinceBoot;
use crate::http::gate::Gate;
use crate::http::life::Life;
use crate::http::monitoring::metrics_router;
use crate::http::monitoring::tests::Kept;
use crate::http::options::Options;
use crate::http::passwords::Passwords;
use crate::http::peer::Peer;
use crate::http::pool::Pool;
use crate::http::postman::Postbox;
use crate::http::router::router;
use crate::model::audit::Actor;
use crate::model::time::Span;
use crate::model::token::TokenAddress;
use crate::ops::edit::IfThere;
use crate::ops::{before_write, connection, password, profile, store, token};
use crate::secret::SecretText;

mod outage;
mod refusing;
mod serving;

const PASSWORD: &str = "cobalt lantern quiet otter";

/// How long a request waits for the database, unless a test says otherwise: a hash takes long here.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a step waits for a change here.
const MOST: Duration = Duration::from_millis(2);

/// A server, the database that it is served from, and another machine that writes to that.
struct Site {
    backend: MemoryBackend,
    line: Line,
    clock: SinceBoot,
    /// The other machine.
    core: Core,
    follower: Follower,
    wishes: Receiver<Wish>,
    app: Arc<App>,
    kept: Arc<Kept>,
    token: String,
}

pub(in crate::http) fn context(clock: &SinceBoot) -> Context {
    Context {
        clock: Box::new(clock.clone()),
        entropy: Box::new(OsEntropy),
        request: Actor::default().into(),
        token_lifetime: Span::YEAR,
    }
}

impl Site {
    /// A server that has read everything, just now.
    fn new(grace: &str) -> Self {
        Self::of(grace, usize::MAX, PATIENCE).filled()
    }

    fn filled(mut self) -> Self {
        let site = &mut self;
        site.load();
        assert_eq!(site.step(), Step::Changed);
        assert!(site.app.judge.snapshot().is_some(), "the premise");
        self
    }

    /// A server that keeps so many tokens in memory, and has read nothing. A request waits so long.
    fn of(grace: &str, limit: usize, patience: Duration) -> Self {
        let clock = SinceBoot::at(100_000);
        let now = clock.clone();
        let (backend, line) = MemoryBackend::watched(move || now.since_boot());
        let mut core = new_store(&backend, &clock);
        let token = fill(&mut core);
        let options = Options {
            database_grace: grace.parse().unwrap(),
            doors: BTreeSet::from(Door::ALL),
            ..Options::default()
        };
        let kept = Arc::new(Kept::default());
        let host: Arc<dyn Host> = Arc::<Kept>::clone(&kept);
        let telemetry = Telemetry::start(Arc::clone(&host), context(&clock), &options);
        let mut telemetry = telemetry.unwrap();
        let boxed = Box::new(clock.clone());
        let grace = options.database_grace;
        let freshness = Freshness::new(boxed, clock.since_boot(), grace, Traffic::default());
        let freshness = Arc::new(freshness);
        telemetry.set_database(&freshness);
        let telemetry = Arc::new(telemetry);
        let (keeper, wishes) = channel();
        let gate = Gate::new(Arc::clone(&host), Arc::clone(&telemetry), keeper.clone());
        let gate = Arc::new(gate);
        let sibling = || vec![sibling(&core, &clock, &backend)];
        let pool = Pool::remote(sibling(), sibling(), sibling(), &gate, patience);
        let pool = Arc::new(pool);
        let database = Arc::clone(&freshness);
        let judge = Arc::new(Judge::remote(Arc::clone(&pool), limit, gate, database));
        let follower = Follower {
            core: self::sibling(&core, &clock, &backend),
            watch: backend.clone().watch().unwrap().unwrap(),
            freshness,
            judge: Arc::clone(&judge),
            keeper,
            telemetry: Arc::clone(&telemetry),
            host: Arc::clone(&host),
            seen: Seen::default(),
        };
        let app = App {
            judge,
            pool,
            telemetry,
            passwords: Arc::new(Passwords::new(2, None, &mut OsEntropy).unwrap()),
            postbox: Postbox::new().0,
            profit: Arc::default(),
            options,
            host,
            life: Arc::new(Life::new()),
        };
        Self {
            app: Arc::new(app),
            backend,
            line,
            clock,
            core,
            follower,
            wishes,
            kept,
            token,
        }
    }

    /// Does what the keeper does first.
    fn load(&self) {
        let mut core = sibling(&self.core, &self.clock, &self.backend);
        self.app.judge.refresh(&mut core).unwrap();
        assert!(
            self.app.judge.snapshot().is_none(),
            "the follower knows when"
        );
    }

    /// Does what the keeper does when it is wished: nothing is found.
    fn check(&self) {
        let gate = &self.app.judge.gate;
        gate.checked(gate.begin_check(), None);
    }

    fn step(&mut self) -> Step {
        self.follower.step(MOST)
    }

    fn revoke(&mut self) {
        revoke(&mut self.core);
    }

    fn set_password(&mut self) {
        let secret = SecretText::new(PASSWORD.to_owned());
        password::set(&mut self.core, &"p".parse().unwrap(), &secret).unwrap();
        self.step();
    }

    /// Makes another token of the profile, and returns it.
    fn issue(&mut self, name: &str) -> String {
        let draft = token::Draft::new("p".parse().unwrap(), name.parse().unwrap());
        let issued = token::issue_many(&mut self.core, &[draft]).unwrap();
        issued[0].secret.expose().to_owned()
    }

    /// Changes something that has nothing to do with the token.
    fn change(&mut self, name: &str) {
        let draft = profile::Draft::new(name.parse().unwrap());
        profile::add(&mut self.core, &draft, IfThere::Refuse).unwrap();
    }

    async fn verify(&self) -> u16 {
        self.verify_token(&self.token).await
    }

    async fn verify_token(&self, token: &str) -> u16 {
        self.ask("GET", "/verify", Some(&format!("Bearer {token}")), "")
            .await
    }

    async fn ask(&self, method: &str, path: &str, credential: Option<&str>, body: &str) -> u16 {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request = match credential {
            Some(credential) => request.header("authorization", credential),
            None => request,
        };
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        request
            .extensions_mut()
            .insert(Peer::Address([127, 0, 0, 1].into()));
        let answer = router(Arc::clone(&self.app))
            .oneshot(request)
            .await
            .unwrap();
        answer.status().as_u16()
    }

    /// What `/readyz` or `/metrics` answers.
    async fn monitor(&self, path: &str) -> (u16, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let router = metrics_router(Arc::clone(&self.app));
        let answer = router.oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn ready(&self) -> u16 {
        self.monitor("/readyz").await.0
    }

    /// What every door answers: one request each.
    async fn every_door(&self) -> Vec<(&'static str, u16)> {
        let bearer = format!("Bearer {}", self.token);
        let form = format!(
            "grant_type=client_credentials&client_id=p&client_secret={}",
            self.token
        );
        let revoked = format!("token={}", self.token);
        let login = format!("profile=p&password={}", PASSWORD.replace(' ', "+"));
        let profit = "/profitrestservices/otprequest";
        let code = r#"{"apiKey":"00000000000000000000000000000000","environmentKey":"00000000000000000000000000000000","userid":"p"}"#;
        let asked = [
            ("GET", "/verify", Some(&*bearer), ""),
            ("GET", "/authz/-/-/x", Some(&*bearer), ""),
            ("GET", "/self", Some(&*bearer), ""),
            ("POST", "/token", None, &*form),
            ("POST", "/login", None, &*login),
            ("POST", "/introspect", Some(&*bearer), "token=x"),
            ("POST", profit, None, code),
            ("POST", "/revoke", Some(&*bearer), &*revoked),
        ];
        let mut answers = Vec::new();
        for (method, path, credential, body) in asked {
            answers.push((path, self.ask(method, path, credential, body).await));
        }
        answers
    }

    /// How often the store was called.
    fn calls(&self) -> u64 {
        self.backend.faults().calls()
    }

    /// How often an event was logged.
    fn logged(&self, event: &str) -> usize {
        let event = format!("\"event\":\"{event}\"");
        let lines = self.kept.lines();
        lines.iter().filter(|line| line.contains(&event)).count()
    }
}

pub(in crate::http) fn new_store(backend: &MemoryBackend, clock: &SinceBoot) -> Core {
    let key = Key::generate(&mut OsEntropy).unwrap();
    let slots = vec![NewSlot::KeyFile(&key)];
    let boxed = Box::new(backend.clone());
    store::init(boxed, [7; 16], slots, &State::off(), context(clock)).unwrap()
}

/// Adds the token `p/laptop`, and returns it.
pub(in crate::http) fn fill(core: &mut Core) -> String {
    connection::add(
        core,
        &connection::Draft::new("hr".parse().unwrap()),
        IfThere::Refuse,
    )
    .unwrap();
    let draft = profile::Draft {
        groups: vec!["introspect".parse().unwrap()],
        ..profile::Draft::new("p".parse().unwrap())
    };
    profile::add(core, &draft, IfThere::Refuse).unwrap();
    let draft = token::Draft::new("p".parse().unwrap(), "laptop".parse().unwrap());
    let issued = token::issue_many(core, &[draft]).unwrap();
    issued[0].secret.expose().to_owned()
}

pub(in crate::http) fn revoke(core: &mut Core) {
    let target: TokenAddress = "p/laptop".parse().unwrap();
    token::revoke(core, &[target.into()], None).unwrap();
}

pub(in crate::http) fn sibling(core: &Core, clock: &SinceBoot, backend: &MemoryBackend) -> Core {
    let boxed = Box::new(backend.clone());
    let store = core.store.open_sibling(boxed, &State::off()).unwrap();
    Core::new(store, context(clock), before_write)
}
