//! Passwords are hashed by few requests at a time, so that sign-ins starve nobody.

use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::pool::Pool;
use crate::core::{Core, Request};
use crate::crypto::Argon2Params;
use crate::error::Result;

/// How long a request waits for its turn.
const QUEUE: Duration = Duration::from_secs(2);

/// The part of the memory that hashing may take: one in so many bytes.
const SHARE_OF_MEMORY: usize = 4;

/// The turns of requests that hash a password.
pub(super) struct Stretching {
    slots: Arc<Semaphore>,
    patience: Duration,
}

/// Too many requests hash passwords already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Busy;

impl Stretching {
    /// For a pool of so many connections: half of them are left to everything else.
    pub(super) fn new(connections: usize) -> Self {
        let cores = available_parallelism().map_or(1, NonZero::get);
        let slots = cores.min(in_memory()).min(connections / 2).max(1);
        Self {
            slots: Arc::new(Semaphore::new(slots)),
            patience: QUEUE,
        }
    }

    /// Runs a call of the core that hashes a password, once it has its turn.
    pub(super) async fn run<T, F>(
        &self,
        pool: &Arc<Pool>,
        request: Request,
        call: F,
    ) -> Result<Result<T>, Busy>
    where
        T: Send + 'static,
        F: FnOnce(&mut Core) -> Result<T> + Send + 'static,
    {
        let turn = timeout(self.patience, Arc::clone(&self.slots).acquire_owned()).await;
        let Ok(Ok(slot)) = turn else {
            return Err(Busy);
        };
        let ran = pool.run(request, move |core| {
            // Until the hash is computed, also if the client goes away meanwhile.
            let _slot = slot;
            call(core)
        });
        Ok(ran.await)
    }
}

/// How many hashes fit into their share of the memory.
fn in_memory() -> usize {
    let info = rustix::system::sysinfo();
    let total = usize::try_from(info.totalram).unwrap_or(usize::MAX);
    let unit = usize::try_from(info.mem_unit).unwrap_or(1);
    let kib = total.saturating_mul(unit) / 1024;
    let each = usize::try_from(Argon2Params::PASSWORD_DEFAULT.m_kib).unwrap_or(usize::MAX);
    kib / SHARE_OF_MEMORY / each
}
