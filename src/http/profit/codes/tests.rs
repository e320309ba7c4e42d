use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http;
use serde_json::json;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use super::*;
use crate::http::monitoring::tests::{Kept, server};
use crate::http::options::AccessLog;
use crate::http::peer::Peer;
use crate::http::profit::answer;
use crate::http::trusted::TrustedPeer;
use crate::mail::{Commit, Mailer};
use crate::model::id::{ApiKey, EnvironmentKey};
use crate::model::mail::{MailSettings, Message, SendError};
use crate::model::text::Device;
use crate::ops::edit::IfThere;
use crate::ops::{connection, environment, mail, profile, token};

/// Where requests come from.
const SOURCE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

const WRONG: &str = "00000000";

/// Longer than anything takes here.
const LONG: Duration = Duration::from_secs(30);

/// How many attempts may fail at once: of a source, and at a connection.
const ALL: (usize, usize) = (20, 1000);

fn p<T: FromStr>(text: &str) -> T {
    text.parse().ok().unwrap()
}

/// A mailer that takes every mail.
struct Willing;

impl Mailer for Willing {
    fn send(&mut self, _: &MailSettings, _: &Message, commit: Commit<'_>) -> Result<(), SendError> {
        commit()
    }
}

/// A server whose store has connection `hr`, and profile `ci`, who may use it.
pub(in crate::http::profit) struct Flow {
    pub(in crate::http::profit) app: Arc<App>,
    log: Arc<Kept>,
    folder: TempDir,
    api_key: ApiKey,
    environment_key: EnvironmentKey,
    begun: Instant,
}

fn seed(core: &mut Core) -> Result<(ApiKey, EnvironmentKey)> {
    let by = mail::Draft {
        transport: p("outbox:/nowhere"),
        from: p("noreply@example.com"),
        password: None,
        authorities: None,
    };
    mail::set(core, &mut Willing, None, by)?;
    let mut hr = connection::Draft::new(p("hr"));
    hr.group = Some(p("staff"));
    connection::add(core, &hr, IfThere::Refuse)?;
    let mut ci = profile::Draft::new(p("ci"));
    ci.email = Some(p("anna@example.com"));
    ci.connections = vec![p("hr")];
    ci.groups = vec![p("staff")];
    profile::add(core, &ci, IfThere::Refuse)?;
    let hr = connection::show(core, &p("hr"))?;
    Ok((hr.api_key, environment::default(core)?.key))
}

impl Flow {
    pub(in crate::http::profit) async fn new() -> Self {
        let (app, log, folder) = server(AccessLog::On);
        let mut app = App::clone(&app);
        // Failures are counted by address only if the proxy in between is known.
        app.options.trust_proxy = [p::<TrustedPeer>("127.0.0.1")].into_iter().collect();
        let app = Arc::new(app);
        let seeded = app.pool.run(Actor::default().into(), seed).await;
        let (api_key, environment_key) = seeded.unwrap();
        Self {
            app,
            log,
            folder,
            api_key,
            environment_key,
            begun: Instant::now(),
        }
    }

    async fn run<T: Send + 'static>(&self, call: fn(&mut Core) -> Result<T>) -> T {
        self.app
            .pool
            .run(Actor::default().into(), call)
            .await
            .unwrap()
    }

    async fn epoch(&self) -> u64 {
        self.run(|core| core.read(|r| Ok(r.epoch()))).await
    }

    /// A code for the device `phone`.
    async fn code(&self) -> String {
        self.run(|core| {
            let request = otp::Request {
                binding: Binding {
                    profile: p("ci"),
                    connection: p("hr"),
                    environment: None,
                },
                device: Some(p::<Device>("phone")),
                asked_from: None,
            };
            let requested = otp::request(core, &request)?;
            Ok(requested.code.expose().to_owned())
        })
        .await
    }

    fn document(&self, user: &str, code: &str) -> String {
        let document = json!({
            "apiKey": self.api_key.to_string(), "environmentKey": self.environment_key.to_string(),
            "userid": user, "otp": code,
        });
        document.to_string()
    }

    pub(in crate::http::profit) fn posted(&self, user: &str, code: &str) -> Posted {
        let document = self.document(user, code);
        Posted::read(Bytes::from(document)).unwrap()
    }

    fn head() -> Parts {
        let mut request = http::Request::post("/").body(()).unwrap();
        request.extensions_mut().insert(Peer::Address(SOURCE));
        request.into_parts().0
    }

    async fn try_exchange(&self, code: &str) -> Result<Exchange> {
        exchange(&self.app, &Self::head(), self.posted("ci", code)).await
    }

    /// The facts of an attempt that is refused.
    async fn refused(&self, code: &str) -> Facts {
        match self.try_exchange(code).await.unwrap() {
            Exchange::Refused(facts) => facts,
            Exchange::Pending(..) => panic!("it is not refused"),
        }
    }

    async fn ask(&self, posted: Posted) -> (Facts, Option<Work>) {
        ask(&self.app, &Self::head(), posted).await.unwrap()
    }

    /// How many attempts could have failed at once when the test began, but for those that have: of the
    /// source, and at the connection. It uses them up.
    fn left(&self) -> (usize, usize) {
        let (budgets, begun) = (&self.app.profit.budgets, self.begun);
        let from = || budgets.attempt_from(Some(SOURCE), begun).is_ok();
        let at = || budgets.attempt_at(Some(&self.api_key), begun).is_ok();
        let count = |take: &dyn Fn() -> bool| (0..10_000).take_while(|_| take()).count();
        (count(&from), count(&at))
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_counts_if_it_fails_and_only_then() {
    let flow = Flow::new().await;
    let code = flow.code().await;
    let wrong = flow.refused(WRONG).await;
    assert_eq!(wrong.reason, Some("wrong_code"));
    let metrics = flow.app.telemetry.metrics.text().unwrap();
    let refused = "hallpass_codes_total{event=\"refused\"} 1";
    assert!(metrics.contains(refused), "{metrics}");
    assert_eq!(flow.left(), (ALL.0 - 1, ALL.1 - 1));
    let other = Flow::new().await;
    let right = other.code().await;
    assert_ne!(code, right, "the premise");
    let exchanged = other.try_exchange(&right).await.unwrap();
    assert!(matches!(exchanged, Exchange::Pending(..)));
    assert_eq!(other.left(), ALL);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_over_a_budget_is_not_made() {
    for budget in [Budget::Source, Budget::Connection] {
        let flow = Flow::new().await;
        let code = flow.code().await;
        let budgets = &flow.app.profit.budgets;
        let epoch = flow.epoch().await;
        match budget {
            Budget::Source => {
                (0..ALL.0).for_each(|_| budgets.attempt_from(Some(SOURCE), flow.begun).unwrap());
            }
            _ => (0..ALL.1).for_each(|_| {
                let at = Some(&flow.api_key);
                budgets.attempt_at(at, flow.begun).unwrap();
            }),
        }
        let facts = flow.refused(&code).await;
        assert_eq!(
            (facts.reason, facts.budget),
            (Some("throttled"), Some(budget))
        );
        assert_eq!(flow.epoch().await, epoch);
        // What was not tried did not fail.
        let left = match budget {
            Budget::Source => (0, ALL.1),
            _ => (ALL.0, 0),
        };
        assert_eq!(flow.left(), left, "{budget:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_over_a_budget_is_not_worked_off() {
    for (budget, count) in [(Budget::Source, 20), (Budget::Connection, 100)] {
        let flow = Flow::new().await;
        let budgets = &flow.app.profit.budgets;
        for _ in 0..count {
            match budget {
                Budget::Source => budgets.request_from(Some(SOURCE), flow.begun).unwrap(),
                _ => budgets.request_at(Some(&flow.api_key), flow.begun).unwrap(),
            }
        }
        let (facts, work) = flow.ask(flow.posted("ci", "")).await;
        assert_eq!(
            (facts.reason, facts.budget),
            (Some("throttled"), Some(budget))
        );
        assert!(work.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_no_connection_has_takes_its_time_only_if_it_does_not_come_too_often() {
    let mut flow = Flow::new().await;
    let own = flow.api_key;
    for number in 0..8 {
        flow.api_key = p(&"0".repeat(32));
        let (facts, work) = flow.ask(flow.posted("ci", "")).await;
        match work {
            Some(Work::TurnAway) => {
                assert_eq!((facts.reason, number < 5), (Some("accepted"), true));
            }
            None => assert_eq!((facts.reason, number < 5), (Some("unknown"), false)),
            Some(Work::Ask { .. }) => panic!("there is no such connection"),
        }
        flow.api_key = own;
        let (facts, work) = flow.ask(flow.posted("ci", "")).await;
        assert_eq!(facts.reason, Some("accepted"));
        assert!(matches!(work, Some(Work::Ask { .. })));
    }
}

#[tokio::test(start_paused = true)]
async fn attempts_in_vain_cost_two_transactions_if_they_do_not_come_too_often() {
    let flow = Flow::new().await;
    for (user, reason) in [("ci", "no_code"), ("nobody", "unknown")] {
        let posted = flow.posted(user, WRONG);
        let claim = posted.claim().unwrap();
        let call = move |core: &mut Core| {
            let budgets = Budgets::default();
            for number in 0..8 {
                let before = core.read(|r| Ok(r.epoch()))?;
                let about = otp::look_up(core, &claim)?.about;
                let code = posted.code().unwrap();
                let tried = attempt(core, &budgets, Actor::default().into(), about, code)?;
                let Exchange::Refused(facts) = tried else {
                    panic!("it is not refused");
                };
                assert_eq!(facts.reason, Some(reason));
                let cost = core.read(|r| Ok(r.epoch()))? - before;
                assert_eq!(cost, if number < 5 { 2 } else { 0 }, "{number}");
            }
            Ok(())
        };
        flow.app
            .pool
            .run(Actor::default().into(), call)
            .await
            .unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_leaves_at_its_time_whatever_it_is() {
    let flow = Flow::new().await;
    let step = Duration::from_millis(100);
    for user in ["ci", "nobody", "not a name"] {
        let begun = Instant::now();
        let posted = flow.posted(user, "");
        request(&flow.app, &Flow::head(), posted).await.unwrap();
        assert_eq!(begun.elapsed(), step, "{user}");
        let begun = Instant::now();
        let posted = flow.posted(user, WRONG);
        let refused = exchange(&flow.app, &Flow::head(), posted).await;
        assert!(matches!(refused.unwrap(), Exchange::Refused(_)));
        assert_eq!(begun.elapsed(), step, "{user}");
    }
}

/// Or its token would be pending, and nobody would withdraw it.
#[tokio::test]
async fn an_exchange_goes_on_if_its_client_goes_away() {
    let flow = Flow::new().await;
    let code = flow.code().await;
    let document = flow.document("ci", &code);
    let mut request = http::Request::post("/profitrestservices/otpvalidation");
    let extensions = request.extensions_mut().unwrap();
    extensions.insert(Peer::Address(SOURCE));
    let request = request.body(Body::from(document)).unwrap();
    let answer = answer(State(Arc::clone(&flow.app)), request);
    // It has begun, and is no longer waited for.
    assert!(timeout(Duration::ZERO, answer).await.is_err());
    let is_undelivered = || {
        let lines = flow.log.lines();
        lines.iter().any(|line| line.contains("\"withdrawn\""))
    };
    let begun = Instant::now();
    while !is_undelivered() {
        assert!(begun.elapsed() < LONG, "{:?}", flow.log.lines());
        sleep(Duration::from_millis(10)).await;
    }
    let again = flow.try_exchange(&code).await.unwrap();
    assert!(matches!(again, Exchange::Pending(..)));
}

/// The application learns no more than that its code is refused.
#[tokio::test(start_paused = true)]
async fn what_only_an_operator_may_see_is_in_the_log_alone() {
    let flow = Flow::new().await;
    let code = flow.code().await;
    // Meanwhile the device gets a token on the command line.
    flow.run(|core| {
        let mut draft = token::Draft::new(p("ci"), p("laptop"));
        draft.connection = Some(p("hr"));
        draft.device = Some(p("phone"));
        token::issue_many(core, &[draft]).map(|_| ())
    })
    .await;
    let facts = flow.refused(&code).await;
    assert_eq!(facts.reason, Some("exists"));
    assert_eq!(facts.profile, Some(p("ci")));
}

#[tokio::test]
async fn a_store_that_is_busy_refuses_nobody() {
    let flow = Flow::new().await;
    let code = flow.code().await;
    let other = rusqlite::Connection::open(flow.folder.path().join("store.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let failed = flow.try_exchange(&code).await.err().unwrap();
    assert_eq!(failed.kind(), Kind::Busy);
    other.execute_batch("ROLLBACK").unwrap();
    let exchanged = flow.try_exchange(&code).await.unwrap();
    assert!(matches!(exchanged, Exchange::Pending(..)));
}
