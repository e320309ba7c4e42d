//! The bridge between requests and the synchronous core: a pool of connections to one store.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::gate::Gate;
use crate::backend::Fault;
use crate::core::{Context, Core, Request};
use crate::error::{Error, Result};

/// Makes the context of one more connection.
pub type NewContext = Box<dyn Fn() -> Context + Send + Sync>;

/// Connections to one store, each used by one call at a time.
pub(super) struct Pool {
    calls: Arc<Share>,
    /// For what completes an answer that has begun: it does not wait behind new requests.
    endings: Arc<Share>,
    /// For verdicts on what is in a database and not in memory: they do not wait behind other calls.
    verdicts: Option<Arc<Share>>,
}

/// How long a request waits for a database: for a connection to it, and for what is done there. A call
/// of the core takes less, unless the database is away.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// Connections that the same calls wait for.
struct Share {
    idle: Mutex<Vec<Core>>,
    /// How many may be taken: a request waits for one without holding a thread.
    free: Arc<Semaphore>,
    /// Closed for damage that a call meets.
    gate: Arc<Gate>,
    /// How long a request waits, if a network may keep it waiting.
    patience: Option<Duration>,
}

impl Pool {
    /// A pool of these connections: for calls, and for what completes answers.
    pub(super) fn of(calls: Vec<Core>, endings: Vec<Core>, gate: &Arc<Gate>) -> Self {
        Self {
            calls: Share::of(calls, gate, None),
            endings: Share::of(endings, gate, None),
            verdicts: None,
        }
    }

    /// As [`Self::of`], of connections to a database, some of them for verdicts. No request waits longer
    /// than `patience` for it; what completes an answer does, since nobody repeats that later.
    pub(super) fn remote(
        calls: Vec<Core>,
        endings: Vec<Core>,
        verdicts: Vec<Core>,
        gate: &Arc<Gate>,
        patience: Duration,
    ) -> Self {
        Self {
            calls: Share::of(calls, gate, Some(patience)),
            endings: Share::of(endings, gate, None),
            verdicts: Some(Share::of(verdicts, gate, Some(patience))),
        }
    }

    /// Waits for what goes on only once calls of others have ended, no longer than for a call itself.
    pub(super) async fn wait_for<T>(&self, others: impl Future<Output = T>) -> Result<T> {
        self.calls.in_time(async { Ok(others.await) }).await
    }

    /// Runs `call` on a thread that may block, as `request`.
    pub(super) async fn run<T, F>(&self, request: Request, call: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Core) -> Result<T> + Send + 'static,
    {
        Share::run(&self.calls, request, call).await
    }

    /// As [`Self::run`], for a verdict.
    pub(super) async fn judge<T, F>(&self, request: Request, call: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Core) -> Result<T> + Send + 'static,
    {
        let share = self.verdicts.as_ref().unwrap_or(&self.calls);
        Share::run(share, request, call).await
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
    fn of(cores: Vec<Core>, gate: &Arc<Gate>, patience: Option<Duration>) -> Arc<Self> {
        Arc::new(Self {
            gate: Arc::clone(gate),
            free: Arc::new(Semaphore::new(cores.len())),
            idle: Mutex::new(cores),
            patience,
        })
    }

    async fn run<T, F>(share: &Arc<Self>, request: Request, call: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Core) -> Result<T> + Send + 'static,
    {
        // A call that is not waited for goes on: its connection is back when it has ended.
        share
            .in_time(Self::run_to_its_end(share, request, call))
            .await
    }

    async fn in_time<T>(&self, what: impl Future<Output = Result<T>>) -> Result<T> {
        let Some(patience) = self.patience else {
            return what.await;
        };
        let late = |_| Fault::Storage("the database did not answer in time".into());
        timeout(patience, what).await.map_err(late)?
    }

    async fn run_to_its_end<T, F>(share: &Arc<Self>, request: Request, call: F) -> Result<T>
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
