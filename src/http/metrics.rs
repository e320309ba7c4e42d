//! Metrics: what is counted, and the text that a scrape gets (`OpenMetrics` 1.0).
//!
//! Labels are closed sets, so no request can add a series, and each counter is found once, at the
//! start: a request takes no lock for them.

mod database;
mod figures;
mod gauge;
mod labels;
mod latency;
mod process;
mod series;
mod sets;
mod tokens;

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::door::Door;
use super::facts::Facts;
use super::freshness::Freshness;
use super::stamp::Stamp;
use crate::ops::store::Figures;
use database::Database;
use figures::StoreGauges;
use labels::Label as _;
use latency::Latency;
use process::Process;
use series::{Series, Table};
use sets::{
    BudgetLabel, CodeLabel, DoorLabel, FailureLabel, LoginLabel, MistakeLabel, RequestLabels,
    RouteLabel, VerdictLabels,
};
use tokens::{Passage, TokenSeries};

pub(super) use labels::{
    Budget, Code, CodeEvent, LoginOutcome, Method, Mistake, Reason, Route, StoreFailure,
};

/// The content type of [`Metrics::text`].
pub(super) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Whether there are series for each token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PerToken {
    /// By its public id.
    On,
    /// Tokens are only counted together.
    Off,
}

/// The metrics of a server.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    requests: Table<Route, Code>,
    durations: Vec<Latency>,
    verdicts: Table<DoorLabel, Reason>,
    mistakes: Series<Mistake>,
    codes: Series<CodeEvent>,
    logins: Series<LoginOutcome>,
    throttled: Series<Budget>,
    failures: Series<StoreFailure>,
    dropped: Counter,
    tokens: Option<TokenSeries>,
    store: Arc<StoreGauges>,
}

impl Metrics {
    /// Metrics that are all zero.
    pub(super) fn new(clock: Arc<Stamp>, per_token: PerToken) -> Self {
        let mut own = Registry::default();
        let registry = &mut own;
        let version = vec![("version", env!("CARGO_PKG_VERSION"))];
        registry.register("hallpass_build", "The running program", Info::new(version));
        let store = Arc::new(StoreGauges::new(clock));
        registry.register_collector(Box::new(Arc::clone(&store)));
        registry.register_collector(Box::new(Process));
        Self {
            durations: durations(registry),
            requests: Table::register(
                registry,
                "hallpass_http_requests",
                "Answers, by route and status",
                |route, code| RequestLabels { route, code },
            ),
            verdicts: Table::register(
                registry,
                "hallpass_verdicts",
                "Verdicts, by door and reason",
                |door, reason| VerdictLabels { door, reason },
            ),
            mistakes: Series::register(
                registry,
                "hallpass_configuration_errors",
                "Requests that a mistake in the configuration of a proxy made",
                |reason| MistakeLabel { reason },
            ),
            codes: Series::register(
                registry,
                "hallpass_codes",
                "What happened to verification codes",
                |event| CodeLabel { event },
            ),
            logins: Series::register(
                registry,
                "hallpass_logins",
                "Attempts to exchange a password or a client secret for a token",
                |outcome| LoginLabel { outcome },
            ),
            throttled: Series::register(
                registry,
                "hallpass_throttled",
                "Requests that were refused because a budget was used up",
                |budget| BudgetLabel { budget },
            ),
            failures: Series::register(
                registry,
                "hallpass_store_failures",
                "How often verdicts became impossible",
                |reason| FailureLabel { reason },
            ),
            dropped: dropped(registry),
            tokens: (per_token == PerToken::On).then(|| TokenSeries::register(registry)),
            store,
            registry: own,
        }
    }

    /// Has the metrics of a database, too.
    pub(super) fn set_database(&mut self, freshness: Arc<Freshness>) {
        self.registry
            .register_collector(Box::new(Database(freshness)));
    }

    /// Counts an answer.
    pub(super) fn answered(&self, route: Route, status: u16, took: Duration, facts: &Facts) {
        let code = Code::of(status);
        self.requests.count(route, code);
        if let Some(latency) = self.durations.get(route.index()) {
            latency.observe(took);
        }
        if route.is_login() {
            self.logins.count(LoginOutcome::of(status));
        }
        if facts.reason != Some(Facts::ACCEPTED) {
            self.decided(route.door(), facts);
        }
    }

    /// Counts what a request came to: with its answer, or later.
    pub(super) fn decided(&self, door: Option<Door>, facts: &Facts) {
        let Some(reason) = facts.reason.map(Reason::of) else {
            return;
        };
        self.verdicts.count(DoorLabel(door), reason);
        if let Some(mistake) = facts.mistake {
            self.mistakes.count(mistake);
        }
        if let Some(budget) = facts.budget {
            self.throttled.count(budget);
        }
        if let (Some(tokens), Some(token)) = (&self.tokens, facts.token) {
            let passed = reason == Reason::Valid;
            let result = if passed {
                Passage::Passed
            } else {
                Passage::Refused
            };
            tokens.count(token, result);
        }
    }

    /// Counts what happened to a verification code.
    pub(super) fn code(&self, event: CodeEvent) {
        self.codes.count(event);
    }

    /// Counts that verdicts became impossible.
    pub(super) fn store_failed(&self, reason: StoreFailure) {
        self.failures.count(reason);
    }

    /// The counter of log lines that were dropped.
    pub(super) fn dropped(&self) -> Counter {
        self.dropped.clone()
    }

    /// Replaces the figures of the store.
    pub(super) fn set_figures(&self, figures: Figures) {
        self.store.set(figures);
    }

    /// Notes the newest epoch of the store.
    pub(super) fn set_epoch(&self, epoch: u64) {
        self.store.set_epoch(epoch);
    }

    /// Notes whether the whole store was checked since the start.
    pub(super) fn set_checked(&self, checked: bool) {
        self.store.set_checked(checked);
    }

    /// Notes when the TLS certificate expires, in seconds since 1970.
    pub(super) fn set_certificate_expiry(&self, seconds: i64) {
        self.store.set_certificate_expiry(seconds);
    }

    /// Notes how many passwords wait to be hashed.
    pub(super) fn set_argon2_waiting(&self, count: usize) {
        self.store.set_waiting(count);
    }

    /// The text of a scrape.
    ///
    /// # Errors
    ///
    /// A metric cannot be written as text, which none does.
    pub(super) fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::with_capacity(64 * 1024);
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// The histograms of durations, one for each route.
fn durations(registry: &mut Registry) -> Vec<Latency> {
    let family = Family::<RouteLabel, Latency>::default();
    registry.register_with_unit(
        "hallpass_http_request_duration",
        "Time from the head of a request to its answer",
        Unit::Seconds,
        family.clone(),
    );
    let latency = |route: &Route| family.get_or_create_owned(&RouteLabel { route: *route });
    Route::ALL.iter().map(latency).collect()
}

fn dropped(registry: &mut Registry) -> Counter {
    let counter = Counter::default();
    registry.register(
        "hallpass_log_lines_dropped",
        "Lines of the log that were dropped because it was not read fast enough",
        counter.clone(),
    );
    counter
}
