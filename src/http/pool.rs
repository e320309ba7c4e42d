//! The bridge between requests and the synchronous core: a pool of connections to one store.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use crate::core::{Context, Core, Request};
use crate::error::{Error, Result};

/// Makes the context of one more connection.
pub type NewContext = Box<dyn Fn() -> Context + Send + Sync>;

/// Connections to one store, each used by one call at a time.
pub(super) struct Pool {
    idle: Mutex<Vec<Core>>,
    /// How many may be taken: a request waits for one without holding a thread.
    free: Arc<Semaphore>,
}

impl Pool {
    /// A pool of these connections.
    pub(super) fn of(cores: Vec<Core>) -> Self {
        Self {
            free: Arc::new(Semaphore::new(cores.len())),
            idle: Mutex::new(cores),
        }
    }

    /// Runs `call` on a thread that may block, as `request`.
    pub(super) async fn run<T, F>(self: &Arc<Self>, request: Request, call: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Core) -> Result<T> + Send + 'static,
    {
        let closed = |_| Error::Bug("the pool of connections is closed");
        let free = Arc::clone(&self.free);
        let permit = free.acquire_owned().await.map_err(closed)?;
        let pool = Arc::clone(self);
        let ended = tokio::task::spawn_blocking(move || {
            // Until the connection is back, also if the client goes away meanwhile. It is the first
            // value here, so that it is dropped last.
            let _permit = permit;
            let mut taken = Taken::from(&pool)?;
            let core = taken.core.as_mut();
            let core = core.ok_or(Error::Bug("a connection is missing"))?;
            core.begin(request);
            call(core)
        });
        ended
            .await
            .map_err(|_| Error::Bug("a call of the core was aborted"))?
    }
}

/// A connection in use. It goes back to the pool also if the call panics: its transaction was rolled
/// back by then.
struct Taken<'a> {
    core: Option<Core>,
    pool: &'a Pool,
}

impl<'a> Taken<'a> {
    fn from(pool: &'a Pool) -> Result<Self> {
        let mut idle = pool.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let core = idle.pop();
        if core.is_none() {
            return Err(Error::Bug("a connection is missing"));
        }
        Ok(Self { core, pool })
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut idle = self
            .pool
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        idle.extend(self.core.take());
    }
}
