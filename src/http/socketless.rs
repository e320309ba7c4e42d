//! A server without sockets, for fuzz targets: connections and requests are handed to it.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use tokio::io::DuplexStream;
use tokio::sync::watch;

use super::accept::Entrance;
use super::app::App;
use super::crowd::Crowd;
use super::event::Seldom;
use super::gate::Gate;
use super::host::Host;
use super::judge::Judge;
use super::life::Life;
use super::options::Options;
use super::passwords::Passwords;
use super::peer::Peer;
use super::pool::Pool;
use super::postman::Postbox;
use super::server::StartError;
use super::serving::Serving;
use super::telemetry::Telemetry;
use crate::core::{Context, Core};
use crate::error::Error;

/// How long [`Socketless::flush`] waits at most.
const FLUSH: Duration = Duration::from_secs(10);

/// A server without sockets. Its doors, limits and log are those of any other.
///
/// Nothing goes on behind its answers: its store is not watched, mails stay queued, and the last uses
/// of tokens are not written. No password is hashed: whoever sends one waits in vain.
pub struct Socketless {
    entrance: Entrance,
    /// Nobody tells it to stop.
    _running: watch::Sender<bool>,
    stop: watch::Receiver<bool>,
}

impl Socketless {
    /// Serves a store by three connections to it: for verdicts, for other calls, and for what completes
    /// an answer. `context` is for the log.
    ///
    /// # Errors
    ///
    /// The system gives no thread or no randomness, or there is no usable certificate.
    pub fn new(
        [for_verdicts, for_calls, for_endings]: [Core; 3],
        mut context: Context,
        options: Options,
        host: Arc<dyn Host>,
    ) -> Result<Self, StartError> {
        let passwords = Passwords::new(1, None, &mut *context.entropy).map_err(Error::from)?;
        passwords.hash_none();
        let telemetry = Telemetry::start(Arc::clone(&host), context, &options)?;
        let host = telemetry.log.host(host);
        let telemetry = Arc::new(telemetry);
        // Nobody checks the whole store: a gate that closes stays closed.
        let gate = Gate::new(Arc::clone(&host), Arc::clone(&telemetry), channel().0);
        let gate = Arc::new(gate);
        let pool = Arc::new(Pool::of(vec![for_calls], vec![for_endings], &gate));
        let desks = vec![for_verdicts];
        let judge = Judge::new(Arc::clone(&pool), desks, options.table_limit, gate);
        let most = options.max_connections;
        let serving = Serving::new(App {
            judge: Arc::new(judge),
            pool,
            telemetry,
            passwords: Arc::new(passwords),
            postbox: Postbox::new().0,
            profit: Arc::default(),
            options,
            host: Arc::clone(&host),
            life: Arc::new(Life::new()),
        })?;
        let (running, stop) = watch::channel(false);
        Ok(Self {
            entrance: Entrance {
                current: ArcSwap::from_pointee(serving),
                crowd: Arc::new(Crowd::new(most)),
                host,
                seldom: Seldom::default(),
            },
            _running: running,
            stop,
        })
    }

    /// Answers the requests of one connection, in plain text, until it is closed. A peer without an
    /// address is one of a Unix socket.
    pub async fn attend(&self, stream: DuplexStream, peer: Option<IpAddr>) {
        let peer = of(peer);
        if let Some(seat) = self.entrance.seat(peer) {
            let stop = self.stop.clone();
            self.entrance.receive(stream, peer, None, &seat, stop).await;
        }
    }

    /// Answers one request that a connection could have brought.
    pub async fn answer(&self, mut request: Request<Body>, peer: Option<IpAddr>) -> Response<Body> {
        request.extensions_mut().insert(of(peer));
        let doors = self.entrance.current.load().doors.clone();
        let answered = TowerToHyperService::new(doors).call(request).await;
        answered.unwrap_or_else(|never| match never {})
    }

    /// Waits until everything that was logged is written.
    pub fn flush(&self) {
        let serving = self.entrance.current.load();
        serving.app.telemetry.log.flush(FLUSH);
    }
}

fn of(peer: Option<IpAddr>) -> Peer {
    peer.map_or(Peer::Unix, |address| Peer::Address(address.to_canonical()))
}
