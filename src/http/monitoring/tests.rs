use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Mutex;

use axum::body::to_bytes;
use axum::http;
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::*;
use crate::backend::location::Location;
use crate::backend::options::OpenOptions;
use crate::barrier::{NewSlot, State as Anchors};
use crate::clock::FixedClock;
use crate::core::{Context, Core};
use crate::crypto::Key;
use crate::entropy::{Entropy, OsEntropy};
use crate::http::facts::Facts;
use crate::http::gate::Gate;
use crate::http::host::{Host, News};
use crate::http::judge::Judge;
use crate::http::life::Life;
use crate::http::metrics::{CodeEvent, Mistake, Route};
use crate::http::options::{AccessLog, Options};
use crate::http::passwords::Passwords;
use crate::http::pool::Pool;
use crate::http::postman::Postbox;
use crate::http::router::router;
use crate::http::telemetry::Telemetry;
use crate::model::audit::Actor;
use crate::model::time::Span;
use crate::open::Opening;

/// How many requests a test makes up.
const REQUESTS: usize = 100_000;

/// Keeps the log.
#[derive(Default)]
pub(in crate::http) struct Kept(Mutex<Vec<String>>);

impl Kept {
    /// The lines until now.
    pub(in crate::http) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Host for Kept {
    fn log(&self, line: &str) {
        self.0.lock().unwrap().push(line.to_owned());
    }

    fn reload(&self) -> Result<Options, String> {
        Ok(Options::default())
    }

    fn notify(&self, _: &News) {}
}

fn context() -> Context {
    Context {
        clock: Box::new(FixedClock::new(1_795_521_600_i64)),
        entropy: Box::new(OsEntropy),
        request: Actor::default().into(),
        token_lifetime: Span::YEAR,
    }
}

/// A server without sockets, its log, and the folder of its store.
pub(in crate::http) fn server(access_log: AccessLog) -> (Arc<App>, Arc<Kept>, TempDir) {
    // Others cannot reach it, whatever the umask is.
    let mode = Permissions::from_mode(0o700);
    let folder = tempfile::Builder::new()
        .permissions(mode)
        .tempdir()
        .unwrap();
    let opening = Opening {
        location: Location::File(folder.path().join("store.db")),
        options: OpenOptions::default(),
        state: Anchors::off(),
        adopt: false,
        stand_in: None,
    };
    let backend = opening.location.create(&opening.options).unwrap();
    let key = Key::generate(&mut OsEntropy).unwrap();
    let slots = vec![NewSlot::KeyFile(&key)];
    let core: Core = store::init(backend, [7; 16], slots, &opening.state, context()).unwrap();
    let options = Options {
        access_log,
        ..Options::default()
    };
    let kept = Arc::new(Kept::default());
    let host: Arc<dyn Host> = Arc::<Kept>::clone(&kept);
    let telemetry = Telemetry::start(Arc::clone(&host), context(), &options).unwrap();
    let telemetry = Arc::new(telemetry);
    let sibling = || opening.sibling(&core, context()).unwrap();
    let keeper = std::sync::mpsc::channel().0;
    let gate = Gate::new(Arc::clone(&host), Arc::clone(&telemetry), keeper);
    let gate = Arc::new(gate);
    let pool = Arc::new(Pool::of(vec![sibling()], vec![sibling()], &gate));
    let desks = vec![sibling()];
    let judge = Judge::new(Arc::clone(&pool), desks, usize::MAX, gate);
    let passwords = Passwords::new(1, None, &mut OsEntropy).unwrap();
    let app = App {
        judge: Arc::new(judge),
        pool,
        telemetry,
        passwords: Arc::new(passwords),
        postbox: Postbox::new().0,
        profit: Arc::default(),
        options,
        host,
        life: Arc::new(Life::new()),
    };
    (Arc::new(app), kept, folder)
}

async fn get(router: Router, path: &str) -> (StatusCode, String) {
    let request = http::Request::get(path).body(Body::empty()).unwrap();
    let answer = router.oneshot(request).await.unwrap();
    let status = answer.status();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// The series of a scrape: its text without values.
fn series(text: &str) -> Vec<&str> {
    let line = |line| match str::rsplit_once(line, ' ') {
        Some((series, _)) if !line.starts_with('#') => series,
        _ => line,
    };
    text.lines().map(line).collect()
}

/// A text of letters, as long as a path or a header may reasonably be.
fn random_text(length: usize) -> String {
    let mut bytes = vec![0; length];
    OsEntropy.fill(&mut bytes).unwrap();
    let letter = |byte: u8| char::from(b'a' + byte % 26);
    bytes.into_iter().map(letter).collect()
}

#[tokio::test]
async fn no_request_adds_a_series() {
    let (app, _, _folder) = server(AccessLog::Off);
    let doors = router(Arc::clone(&app));
    let monitoring = metrics_router(Arc::clone(&app));
    // The first scrape has the figures of the store.
    let (_, first) = get(monitoring.clone(), "/metrics").await;
    assert!(
        first.contains("hallpass_tokens{state=\"active\"} 0"),
        "{first}"
    );
    for number in 0..REQUESTS {
        let text = random_text(24);
        let (path, agent) = text.split_at(12);
        let path = match number % 4 {
            0 => format!("/{path}"),
            1 => format!("/verify/{path}"),
            2 => format!("/verify?{path}={agent}"),
            _ => format!("/{path}/metrics"),
        };
        let (method, host) = agent.split_at(6);
        let request = http::Request::builder()
            .method(method.to_uppercase().as_str())
            .uri(path)
            .header("host", host)
            .header("user-agent", agent)
            .header("x-request-id", agent);
        let request = request.body(Body::empty()).unwrap();
        let answer = doors.clone().oneshot(request).await.unwrap();
        assert!(!answer.status().is_success());
    }
    let (_, last) = get(monitoring, "/metrics").await;
    assert_eq!(series(&first), series(&last));
    let counts = last.lines().filter_map(|line| {
        let (name, count) = line.rsplit_once(' ')?;
        let counts = name.starts_with("hallpass_http_requests_total");
        counts.then(|| count.parse::<usize>().unwrap())
    });
    assert_eq!(counts.sum::<usize>(), REQUESTS);
}

#[tokio::test]
async fn the_state_of_the_server_shows_in_its_probes() {
    let (app, _, _folder) = server(AccessLog::Off);
    let monitoring = metrics_router(Arc::clone(&app));
    let ready = || get(monitoring.clone(), "/readyz");
    assert_eq!(ready().await, (StatusCode::OK, "ready\n".to_owned()));
    app.telemetry.store_failed(crate::Kind::Rollback);
    app.telemetry.store_failed(crate::Kind::Rollback);
    let (status, text) = get(monitoring.clone(), "/readyz?verbose").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(text.contains("store: rollback"), "{text}");
    assert_eq!(ready().await.1, "not ready\n");
    let (_, metrics) = get(monitoring.clone(), "/metrics").await;
    // A watcher finds the same again and again.
    let failures = "hallpass_store_failures_total{reason=\"rollback\"} 1\n";
    assert!(metrics.contains(failures), "{metrics}");
    app.telemetry.health.store_recovered();
    assert_eq!(ready().await.0, StatusCode::OK);
    app.telemetry.health.drain();
    assert_eq!(ready().await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(get(monitoring.clone(), "/livez").await.0, StatusCode::OK);
    assert_eq!(get(monitoring, "/verify").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_the_server_learns_is_in_the_metrics() {
    let (app, _, _folder) = server(AccessLog::Off);
    let metrics = &app.telemetry.metrics;
    metrics.set_checked(true);
    metrics.set_certificate_expiry(1_800_000_000);
    metrics.code(CodeEvent::Requested);
    let facts = Facts {
        mistake: Some(Mistake::Twice),
        ..Facts::reason("misconfigured")
    };
    let took = Duration::from_micros(70);
    metrics.answered(Route::Verify, 403, took, &facts);
    metrics.answered(Route::Login, 429, took, &Facts::default());
    let (_, text) = get(metrics_router(Arc::clone(&app)), "/metrics").await;
    metrics.set_epoch(77);
    let expected = [
        "hallpass_store_checked 1",
        "hallpass_tls_certificate_expiry_timestamp_seconds 1800000000",
        "hallpass_argon2_waiting 0",
        "hallpass_codes_total{event=\"requested\"} 1",
        "hallpass_configuration_errors_total{reason=\"twice\"} 1",
        "hallpass_verdicts_total{door=\"verify\",reason=\"misconfigured\"} 1",
        "hallpass_logins_total{outcome=\"throttled\"} 1",
        "hallpass_http_request_duration_seconds_bucket{le=\"0.0001\",route=\"/verify\"} 1",
        "hallpass_http_request_duration_seconds_bucket{le=\"0.00005\",route=\"/verify\"} 0",
        "hallpass_http_requests_total{route=\"/verify\",code=\"403\"} 1",
    ];
    for line in expected {
        assert!(text.lines().any(|own| own == line), "{line}\n{text}");
    }
    // A newer epoch counts although the figures are older; so does a queue.
    metrics.set_argon2_waiting(3);
    let text = metrics.text().unwrap();
    assert!(text.contains("hallpass_argon2_waiting 3\n"), "{text}");
    assert!(text.contains("hallpass_store_epoch 77\n"), "{text}");
}

#[tokio::test]
async fn each_answer_is_a_line_with_an_id_of_its_own() {
    let (app, kept, _folder) = server(AccessLog::On);
    for _ in 0..2 {
        let request = http::Request::post("/hpass_canary?hpass_canary");
        let request = request.body(Body::empty()).unwrap();
        let answer = router(Arc::clone(&app)).oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    }
    app.telemetry.log.flush(Duration::from_secs(30));
    let lines = kept.0.lock().unwrap();
    let lines: Vec<serde_json::Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_ne!(lines[0]["request_id"], lines[1]["request_id"]);
    assert_eq!(lines[0]["time"], "2026-11-24T12:00:00Z");
    assert_eq!(
        (&lines[0]["route"], &lines[0]["method"]),
        (&"none".into(), &"POST".into())
    );
    assert!(!format!("{lines:?}").contains("canary"));
}
