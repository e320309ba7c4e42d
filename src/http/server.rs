//! The life of the server: from its listeners to its end.

use std::io;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread::{self, available_parallelism};

use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::accept::accept;
use super::app::App;
use super::gate::Gate;
use super::host::Host;
use super::judge::Judge;
use super::keeper::Keeper;
use super::listen::BindError;
use super::options::Options;
use super::passwords::Passwords;
use super::pool::{NewContext, Pool};
use super::router::router;
use super::watch::Watch;
use crate::core::Core;
use crate::error::Error;
use crate::open::Opening;

/// How many calls of the core, apart from verdicts, run at the same time.
const CALLS: usize = 4;

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
    /// The program around the server.
    pub host: Arc<dyn Host>,
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It cannot listen.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] Error),
    /// The system gives no threads or signals.
    #[error("the runtime cannot start")]
    Runtime(#[source] io::Error),
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
        host,
    } = server;
    let mut sockets = Vec::new();
    for address in &options.listen {
        sockets.push(address.bind()?);
    }
    let passwords =
        Passwords::new(CALLS, available_kib, &mut *core.entropy).map_err(Error::from)?;
    let new_context = Arc::new(new_context);
    let siblings = |count: usize| -> Result<Vec<Core>, Error> {
        let sibling = |_| opening.sibling(&core, new_context());
        (0..count).map(sibling).collect()
    };
    let threads = available_parallelism().map_or(2, NonZero::get);
    let pool = Arc::new(Pool::of(siblings(CALLS)?));
    let desks = siblings(threads)?;
    let keeper_core = opening.sibling(&core, new_context())?;
    let judge = Arc::new(Judge::new(
        Arc::clone(&pool),
        desks,
        options.table_limit,
        Arc::new(Gate::new(Arc::clone(&host))),
    ));
    let (wish, wishes) = channel();
    let keeper = Keeper {
        core: keeper_core,
        judge: Arc::clone(&judge),
        host: Arc::clone(&host),
    };
    // Not joined: it may be in the middle of a check, which changes nothing.
    thread::spawn(move || keeper.run(&wishes));
    let watch = Watch {
        core,
        opening,
        new_context,
        judge: Arc::clone(&judge),
        keeper: wish,
    };
    let (stop_watch, watch_stopped) = channel();
    let watch = thread::spawn(move || watch.run(&watch_stopped));
    let app = Arc::new(App {
        judge,
        pool,
        passwords,
        options,
        host,
    });
    let runtime = runtime().map_err(StartError::Runtime)?;
    let served = runtime.block_on(async {
        let (stop, stopped) = watch::channel(false);
        for socket in sockets {
            let listener = TcpListener::from_std(socket)?;
            let event =
                json!({ "event": "listening", "address": listener.local_addr()?.to_string() });
            app.host.log(&event.to_string());
            tokio::spawn(accept(listener, router(Arc::clone(&app)), stopped.clone()));
        }
        if app.options.trust_proxy.is_empty() {
            let why = "no proxy is trusted, so all clients may have one address";
            let event = json!({ "event": "source_budgets", "state": "off", "why": why });
            app.host.log(&event.to_string());
        }
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::select! {
            _ = terminate.recv() => (),
            _ = interrupt.recv() => (),
        }
        let _ = stop.send(true);
        Ok(())
    });
    drop(stop_watch);
    // The last uses of tokens are recorded by then. That it panicked was reported.
    let _ = watch.join();
    served.map_err(StartError::Runtime)
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().build()
}
