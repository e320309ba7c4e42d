//! The life of the server: from its listeners to its end.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use serde_json::json;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};

use super::accept::{Entrance, Listener, accept};
use super::app::App;
use super::crowd::Crowd;
use super::descriptors::most_connections;
use super::event::{self, Seldom};
use super::freshness::Freshness;
use super::host::{Host, News};
use super::life::Life;
use super::listen::{BindError, Bound, Inherited, bind};
use super::options::{Exposed, Options};
use super::passwords::Passwords;
use super::pool::NewContext;
use super::postman::NewMailer;
use super::profit;
use super::reload;
use super::serving::Serving;
use super::telemetry::{Silent, Telemetry};
use super::tls::TlsError;
use super::workers::{Behind, CALLS, Database, Workers};
use crate::core::Core;
use crate::error::Error;
use crate::open::Opening;

/// How many connections there may be to metrics and health.
const MONITORS: usize = 64;

/// How long requests under way may take at the end.
const DRAIN: Duration = Duration::from_secs(10);

/// How long the requests for codes that were answered may take after that: as many as there can be,
/// each two transactions.
const LAST_CODES: Duration = Duration::from_secs(5);

/// How long calls of the core may take after that.
const LAST_CALLS: Duration = Duration::from_secs(2);

/// How often is looked whether the files of the certificate have changed.
const LOOK: Duration = Duration::from_secs(3);

/// What a server is made of.
pub struct Server {
    /// The open store: the first connection.
    pub core: Core,
    /// The free memory in KiB, of which passwords may be hashed in a part; `None` if it is not known.
    pub available_kib: Option<u64>,
    /// How more connections are opened.
    pub opening: Opening,
    /// Makes the context of each.
    pub new_context: NewContext,
    /// What is served.
    pub options: Options,
    /// The sockets that the service manager handed over.
    pub inherited: Vec<Inherited>,
    /// How queued mails leave.
    pub new_mailer: NewMailer,
    /// The program around the server.
    pub host: Arc<dyn Host>,
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Tokens would cross a network in plain text.
    #[error(transparent)]
    Exposed(#[from] Exposed),
    /// It cannot listen.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// There is no usable certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] Error),
    /// The system gives no threads or signals.
    #[error("the runtime cannot start")]
    Runtime(#[source] io::Error),
}

impl From<Silent> for StartError {
    fn from(error: Silent) -> Self {
        match error {
            Silent::NoThread(source) => Self::Runtime(source),
            Silent::NoRandomness(source) => Self::Store(source.into()),
        }
    }
}

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
///
/// [`StartError`], before anything was answered.
pub fn serve(server: Server) -> Result<(), StartError> {
    let Server {
        mut core,
        available_kib,
        opening,
        new_context,
        options,
        mut inherited,
        new_mailer,
        host,
    } = server;
    options.ensure_private()?;
    let mut telemetry = Telemetry::start(Arc::clone(&host), new_context(), &options)?;
    let database = database(&mut core, &opening, &new_context, &options)?;
    if let Some(database) = &database {
        telemetry.set_database(&database.freshness);
    }
    // From here on nothing waits for whoever reads the log.
    let host = telemetry.log.host(host);
    let telemetry = Arc::new(telemetry);
    let group = options.socket_group;
    let bound = bind(&options.listen, group, &mut inherited)?;
    let monitoring = bind(options.metrics_listen.as_slice(), group, &mut inherited)?;
    for unused in inherited {
        event::log(&*host, "unused_socket", json!({ "name": unused.name }));
    }
    let most = most_connections(&*host, options.max_connections);
    note_source_budgets(&*host, &options);
    let passwords = Passwords::new(CALLS, available_kib, &mut *core.entropy);
    let passwords = passwords.map_err(Error::from)?;
    let behind = Behind {
        core,
        opening,
        new_context,
        table_limit: options.table_limit,
        new_mailer,
        database,
    };
    let workers = Workers::start(behind, &host, &telemetry)?;
    let crowd = Arc::new(Crowd::new(most));
    let serving = Serving::new(App {
        judge: Arc::clone(&workers.judge),
        pool: Arc::clone(&workers.pool),
        telemetry,
        passwords: Arc::new(passwords),
        postbox: workers.postbox.clone(),
        profit: Arc::default(),
        options,
        host: Arc::clone(&host),
        life: Arc::new(Life::new()),
    })?;
    let entrance = Arc::new(Entrance {
        current: ArcSwap::from_pointee(serving),
        crowd,
        host,
        seldom: Seldom::default(),
    });
    operate(entrance, bound, monitoring, workers).map_err(StartError::Runtime)
}

/// Lets requests in until the end, and ends the threads behind them.
fn operate(
    entrance: Arc<Entrance>,
    bound: Vec<Bound>,
    monitoring: Vec<Bound>,
    workers: Workers,
) -> io::Result<()> {
    let runtime = runtime()?;
    let served = runtime.block_on(async {
        // Monitoring goes on until the end: that the server drains is to be seen.
        let life = Life::new();
        monitor(&entrance, monitoring, &life)?;
        run(&entrance, bound).await
    });
    runtime.shutdown_timeout(LAST_CALLS);
    drop(entrance);
    // The last owner of the connections to the store, which are closed here.
    workers.end();
    served
}

/// What watches the storage, if it is a database; a file needs none.
fn database(
    core: &mut Core,
    opening: &Opening,
    new_context: &NewContext,
    options: &Options,
) -> Result<Option<Database>, Error> {
    let Some(watch) = core.store.watch()? else {
        return Ok(None);
    };
    let clock = new_context().clock;
    // The first look, so that the server can answer from the start.
    let looked_at = clock.since_boot();
    core.read(|_| Ok(()))?;
    let traffic = opening.options.traffic.clone();
    let freshness = Freshness::new(clock, looked_at, options.database_grace, traffic);
    Ok(Some(Database {
        watch,
        freshness: Arc::new(freshness),
    }))
}

/// Answers metrics and health.
fn monitor(entrance: &Entrance, bound: Vec<Bound>, life: &Life) -> io::Result<()> {
    let serving = entrance.current.load();
    let monitoring = Arc::new(Entrance {
        current: ArcSwap::from_pointee(Serving::monitoring(&serving.app)),
        crowd: Arc::new(Crowd::new(MONITORS)),
        host: Arc::clone(&entrance.host),
        seldom: Seldom::default(),
    });
    for bound in bound {
        let address = bound.address.to_string();
        let listener = Listener::new(bound)?;
        tokio::spawn(accept(listener, Arc::clone(&monitoring), life.ending()));
        event::log(&*entrance.host, "monitoring", json!({ "address": address }));
    }
    Ok(())
}

/// Budgets by address need the clients' addresses, and behind a proxy that is not trusted all clients
/// have that of the proxy.
fn note_source_budgets(host: &dyn Host, options: &Options) {
    if options.trust_proxy.is_empty() {
        let why = "no proxy is trusted, so all clients may have one address";
        event::log(
            host,
            "source_budgets",
            json!({ "state": "off", "why": why }),
        );
    }
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().build()
}

/// What the server waits for while others answer.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
    look: Interval,
}

impl Signals {
    fn new() -> io::Result<Self> {
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
            look,
        })
    }

    async fn end(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => (),
            _ = self.interrupt.recv() => (),
        }
    }
}

async fn run(entrance: &Arc<Entrance>, bound: Vec<Bound>) -> io::Result<()> {
    let life = Arc::clone(&entrance.current.load().app.life);
    // Before anybody can know that it serves.
    let mut signals = Signals::new()?;
    tokio::spawn(profit::work_off(Arc::clone(&entrance.current.load().app)));
    let mut listeners = JoinSet::new();
    for bound in bound {
        let address = bound.address.to_string();
        let tls = bound.is_tcp() && entrance.current.load().certificate.is_some();
        let listener = Listener::new(bound)?;
        listeners.spawn(accept(listener, Arc::clone(entrance), life.ending()));
        let fields = json!({ "address": address, "tls": tls });
        event::log(&*entrance.host, "listening", fields);
    }
    entrance.host.notify(&reload::ready(entrance));
    let mut seen = reload::seen(entrance);
    loop {
        tokio::select! {
            _ = signals.terminate.recv() => break,
            _ = signals.interrupt.recv() => break,
            _ = signals.hangup.recv() => {
                reload::settings(entrance).await;
                seen = reload::seen(entrance);
            }
            _ = signals.look.tick() => reload::certificate(entrance, &mut seen).await,
        }
    }
    drain(entrance, &life, listeners, &mut signals).await;
    Ok(())
}

/// Ends: nothing is accepted any more, requests under way are answered, and what was answered is
/// worked off. A second signal cuts that short.
async fn drain(
    entrance: &Entrance,
    life: &Life,
    mut listeners: JoinSet<()>,
    signals: &mut Signals,
) {
    life.end();
    entrance.current.load().app.telemetry.health.drain();
    entrance.host.notify(&News::Stopping);
    let connections = entrance.crowd.count();
    let fields = json!({ "connections": connections });
    event::log(&*entrance.host, "stopping", fields);
    while listeners.join_next().await.is_some() {}
    let profit = Arc::clone(&entrance.current.load().app.profit);
    let ended = async {
        entrance.crowd.empty().await;
        // A token that was not delivered is withdrawn after its connection is closed.
        life.no_errands().await;
    };
    tokio::select! {
        () = async {
            let _ = timeout(DRAIN, ended).await;
            profit.worked_off(LAST_CODES).await;
        } => (),
        () = signals.end() => (),
    }
    let cut = entrance.crowd.count();
    let lost = profit.worked_off(Duration::ZERO).await;
    if lost > 0 {
        let fields = json!({ "requests": lost });
        event::log(&*entrance.host, "code_requests_lost", fields);
    }
    event::log(&*entrance.host, "stopped", json!({ "cut": cut }));
}
