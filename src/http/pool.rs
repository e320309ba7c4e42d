//! The bridge between requests and the synchronous core: a pool of connections to one store.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::gate::Gate;
use crate::core::{Context, Core, Request};
use crate::error::{Error, Result};

/// Makes the context of one more connection.
pub type NewContext = Box<dyn Fn() -> Context + Send + Sync>;

/// Connections to one store, each used by one call at a time.
pub(super) struct Pool {
    calls: Arc<Share>,
    /// For what completes an answer that has begun: it does not wait behind new requests.
    endings: Arc<Share>,
}

/// Connections that the same calls wait for.
struct Share {
    idle: Mutex<Vec<Core>>,
    /// How many may be taken: a request waits for one without holding a thread.
    free: Arc<Semaphore>,
    /// Closed for damage that a call meets.
    gate: Arc<Gate>,
}

impl Pool {
    /// A pool of these connections: for calls, and for what completes answers.
    pub(super) fn of(calls: Vec<Core>, endings: Vec<Core>, gate: &Arc<Gate>) -> Self {
        let share = |cores: Vec<Core>| {
            Arc::new(Share {
                gate: Arc::clone(gate),
                free: Arc::new(Semaphore::new(cores.len())),
                idle: Mutex::new(cores),
            })
        };
        Self {
            calls: share(calls),
            endings: share(endings),
        }
    }

    /// Runs `call` on a thread that may block, as `request`.
    pub(super) async fn run<T, F>(&self, request: Request, call: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Core) -> Result<T> + Send + 'static,
    {
        Share::run(&self.calls, request, call).await
    }

    /// As [`Self::run`], for what completes an answer that has begun.
    pub(super) async fn complete<T, F>(&self, request: Request, call: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Core) -> Result<T> + Send + 'static,
    {
        Share::run(&self.endings, request, call).await
    }
}

impl Share {
    async fn run<T, F>(share: &Arc<Self>, request: Request, call: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Core) -> Result<T> + Send + 'static,
    {
        let closed = |_| Error::Bug("the pool of connections is closed");
        let free = Arc::clone(&share.free);
        let permit = free.acquire_owned().await.map_err(closed)?;
        let share = Arc::clone(share);
        let ended = tokio::task::spawn_blocking(move || {
            // Until the connection is back, also if the client goes away meanwhile.
            let _permit = permit;
            let mut taken = Taken::from(&share)?;
            let core = taken.core.as_mut();
            let core = core.ok_or(Error::Bug("a connection is missing"))?;
            core.begin(request);
            call(core).inspect_err(|error| share.gate.met_by_call(error))
        });
        let ended = ended.await;
        ended.map_err(|_| Error::Bug("a call of the core was aborted"))?
    }
}

/// A connection in use. It goes back to its share also if the call panics: its transaction was rolled
/// back by then.
struct Taken<'a> {
    core: Option<Core>,
    share: &'a Share,
}

impl<'a> Taken<'a> {
    fn from(share: &'a Share) -> Result<Self> {
        let mut idle = share.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let core = idle.pop();
        if core.is_none() {
            return Err(Error::Bug("a connection is missing"));
        }
        Ok(Self { core, share })
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut idle = self
            .share
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        idle.extend(self.core.take());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;
    use crate::http::monitoring::tests::server;
    use crate::http::options::AccessLog;
    use crate::model::audit::Actor;

    #[tokio::test]
    async fn a_connection_is_taken_until_it_is_back() {
        let (app, _, _folder) = server(AccessLog::Off);
        let run = |call: fn(&mut Core) -> Result<u8>| app.pool.run(Actor::default().into(), call);
        let (go_on, told) = channel::<()>();
        let slow = app.pool.run(Actor::default().into(), move |_| {
            told.recv().map_err(|_| Error::Bug("never told"))
        });
        // Then nobody waits for it any more, but it goes on.
        let moment = Duration::from_millis(50);
        assert!(timeout(moment, slow).await.is_err());
        let mut next = Box::pin(run(|_| Ok(7)));
        assert!(timeout(moment, &mut next).await.is_err());
        // Nor does the end of an answer wait behind them.
        let ending = app.pool.complete(Actor::default().into(), |_| Ok(6));
        let long = Duration::from_secs(30);
        assert_eq!(timeout(long, ending).await.unwrap().unwrap(), 6);
        go_on.send(()).unwrap();
        assert_eq!(next.await.unwrap(), 7);
        assert!(run(|_| panic!("a call")).await.is_err());
        assert_eq!(run(|_| Ok(8)).await.unwrap(), 8);
    }

    #[tokio::test]
    async fn damage_that_a_call_meets_closes_every_door() {
        let (app, _, _folder) = server(AccessLog::Off);
        let run = |call: fn(&mut Core) -> Result<u8>| app.pool.run(Actor::default().into(), call);
        assert!(run(|_| Err(Error::Stopped)).await.is_err());
        assert!(app.judge.gate.is_open());
        assert!(
            run(|_| Err(Error::Integrity("row 7".to_owned())))
                .await
                .is_err()
        );
        assert!(!app.judge.gate.is_open());
    }
}
