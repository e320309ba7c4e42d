//! What a server reports of itself: its log, metrics and health.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::access_log::AccessLogger;
use super::event::Seldom;
use super::freshness::Freshness;
use super::health::{Change, Health};
use super::host::Host;
use super::metrics::{Metrics, PerToken, StoreFailure};
use super::options::Options;
use super::request_id::RequestTags;
use super::stamp::Stamp;
use crate::Kind;
use crate::core::Context;
use crate::entropy::NoRandomness;

/// How often the figures of a store are read at most.
const OFTEN: Duration = Duration::from_secs(5);

/// How often they are read at most where that takes longer than [`LONG`].
const SELDOM: Duration = Duration::from_mins(1);

/// From when on a store is large.
const LONG: Duration = Duration::from_millis(250);

/// What a server reports of itself.
#[derive(Debug)]
pub(super) struct Telemetry {
    /// The access log.
    pub(super) log: AccessLogger,
    /// The metrics.
    pub(super) metrics: Metrics,
    /// The health.
    pub(super) health: Health,
    /// The ids of requests.
    pub(super) tags: RequestTags,
    /// Limits the lines about mistakes in the configuration of a proxy: each of its requests makes one.
    pub(super) mistakes: Seldom,
    figures: Mutex<Pace>,
}

/// Why a server cannot report anything.
#[derive(Debug)]
pub(super) enum Silent {
    /// The system gives no thread.
    NoThread(io::Error),
    /// The system gives no randomness.
    NoRandomness(NoRandomness),
}

impl From<NoRandomness> for Silent {
    fn from(error: NoRandomness) -> Self {
        Self::NoRandomness(error)
    }
}

/// When the figures of the store are read next.
#[derive(Debug, Clone, Copy)]
enum Pace {
    /// They are being read.
    Reading,
    /// Not before this moment; `None` is any time.
    NotBefore(Option<Instant>),
}

impl Telemetry {
    /// Begins to report to `host`, with the clock and the randomness of `context`.
    ///
    /// # Errors
    ///
    /// The system gives no thread, or no randomness.
    pub(super) fn start(
        host: Arc<dyn Host>,
        context: Context,
        options: &Options,
    ) -> Result<Self, Silent> {
        let Context {
            clock, mut entropy, ..
        } = context;
        let clock = Arc::new(Stamp::new(clock));
        let tags = RequestTags::new(&mut *entropy)?;
        let per_token = if options.metrics_per_token {
            PerToken::On
        } else {
            PerToken::Off
        };
        let metrics = Metrics::new(Arc::clone(&clock), per_token);
        let log = AccessLogger::start(host, clock, metrics.dropped());
        Ok(Self {
            log: log.map_err(Silent::NoThread)?,
            metrics,
            health: Health::default(),
            tags,
            mistakes: Seldom::default(),
            figures: Mutex::new(Pace::NotBefore(None)),
        })
    }

    /// Reports of a database, too: the storage is watched.
    pub(super) fn set_database(&mut self, freshness: &Arc<Freshness>) {
        self.health.set_database(Arc::clone(freshness));
        self.metrics.set_database(Arc::clone(freshness));
    }

    /// Notes that the store allows no verdict: the server is not ready. It may be called again and
    /// again; the answer says whether this is new, and has to be logged.
    pub(super) fn store_failed(&self, kind: Kind) -> Change {
        let failure = StoreFailure::from(kind);
        let change = self.health.store_failed(failure);
        if change == Change::New {
            self.metrics.store_failed(failure);
        }
        change
    }

    /// Whether the figures of the store are to be read now. Whoever is told so reads them.
    pub(super) fn begin_reading(&self) -> bool {
        let mut pace = self.figures.lock().unwrap_or_else(PoisonError::into_inner);
        let due = match *pace {
            Pace::Reading => false,
            Pace::NotBefore(next) => next.is_none_or(|next| next <= Instant::now()),
        };
        if due {
            *pace = Pace::Reading;
        }
        due
    }

    /// Notes that the figures of the store were read, or could not be.
    pub(super) fn end_reading(&self, took: Duration) {
        let pause = if took > LONG { SELDOM } else { OFTEN };
        let mut pace = self.figures.lock().unwrap_or_else(PoisonError::into_inner);
        *pace = Pace::NotBefore(Some(Instant::now() + pause));
    }
}
