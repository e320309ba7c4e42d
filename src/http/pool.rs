//! The bridge between requests and the synchronous core: a pool of connections to one store.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use crate::core::{Context, Core, Request};
use crate::error::{Error, Result};
use crate::open::Opening;

/// Makes the context of one more connection.
pub type NewContext = Box<dyn Fn() -> Context + Send + Sync>;

/// Connections to one store, each used by one request at a time.
pub(super) struct Pool {
    idle: Mutex<Vec<Core>>,
    /// How many may be taken: a request waits for one without holding a thread.
    free: Semaphore,
    opening: Opening,
    new_context: NewContext,
}

impl Pool {
    /// `count` connections, of which `core` is the first.
    pub(super) fn open(
        core: Core,
        opening: Opening,
        count: usize,
        new_context: NewContext,
    ) -> Result<Self> {
        let mut idle = Vec::with_capacity(count);
        for _ in 1..count {
            idle.push(opening.sibling(&core, new_context())?);
        }
        idle.push(core);
        Ok(Self {
            free: Semaphore::new(idle.len()),
            idle: Mutex::new(idle),
            opening,
            new_context,
        })
    }

    /// Runs `call` on a thread that may block, as `request`.
    pub(super) async fn run<T, F>(self: &Arc<Self>, request: Request, call: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Core) -> Result<T> + Send + 'static,
    {
        let closed = |_| Error::Bug("the pool of connections is closed");
        let permit = self.free.acquire().await.map_err(closed)?;
        let pool = Arc::clone(self);
        let ended = tokio::task::spawn_blocking(move || {
            let mut core = pool.take()?;
            core.begin(request);
            let done = call(&mut core);
            pool.give_back(core);
            done
        });
        let ended = ended.await;
        drop(permit);
        ended.map_err(|_| Error::Bug("a call of the core was aborted"))?
    }

    fn take(&self) -> Result<Core> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let last = idle.pop();
        last.ok_or(Error::Bug("a connection is missing"))
    }

    fn give_back(&self, core: Core) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(core);
    }
}
