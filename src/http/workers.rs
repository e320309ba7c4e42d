//! The threads behind the answers, and their connections to the store.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle, available_parallelism};

use super::gate::Gate;
use super::host::Host;
use super::judge::Judge;
use super::keeper::Keeper;
use super::pool::{NewContext, Pool};
use super::telemetry::Telemetry;
use super::watch::Watch;
use crate::core::Core;
use crate::error::Error;
use crate::open::Opening;

/// How many calls of the core, apart from verdicts, run at the same time.
pub(super) const CALLS: usize = 4;

/// The threads behind the answers.
pub(super) struct Workers {
    /// Verdicts.
    pub(super) judge: Arc<Judge>,
    /// Connections to the store, for everything but verdicts.
    pub(super) pool: Arc<Pool>,
    stop: Sender<()>,
    watch: JoinHandle<()>,
}

impl Workers {
    /// Opens all connections to the store, of which `core` is the first, and starts the threads.
    pub(super) fn start(
        core: Core,
        opening: Opening,
        new_context: NewContext,
        table_limit: usize,
        host: &Arc<dyn Host>,
        telemetry: &Arc<Telemetry>,
    ) -> Result<Self, Error> {
        let new_context = Arc::new(new_context);
        let siblings = |count: usize| -> Result<Vec<Core>, Error> {
            let sibling = |_| opening.sibling(&core, new_context());
            (0..count).map(sibling).collect()
        };
        let threads = available_parallelism().map_or(2, NonZero::get);
        let (wish, wishes) = channel();
        let gate = Gate::new(Arc::clone(host), Arc::clone(telemetry), wish.clone());
        let gate = Arc::new(gate);
        let pool = Arc::new(Pool::of(siblings(CALLS)?, Arc::clone(&gate)));
        let desks = siblings(threads)?;
        let keeper_core = opening.sibling(&core, new_context())?;
        let judge = Arc::new(Judge::new(Arc::clone(&pool), desks, table_limit, gate));
        let keeper = Keeper {
            core: keeper_core,
            opening: opening.clone(),
            new_context: Arc::clone(&new_context),
            judge: Arc::clone(&judge),
            host: Arc::clone(host),
            telemetry: Arc::clone(telemetry),
        };
        let (at_work, keeper_ended) = channel();
        thread::spawn(move || {
            keeper.run(&wishes);
            drop(at_work);
        });
        let watch = Watch {
            core,
            opening,
            new_context,
            judge: Arc::clone(&judge),
            keeper: wish,
            keeper_ended,
            telemetry: Arc::clone(telemetry),
            host: Arc::clone(host),
        };
        let (stop, stopped) = channel();
        let watch = thread::spawn(move || watch.run(&stopped));
        Ok(Self {
            judge,
            pool,
            stop,
            watch,
        })
    }

    /// Ends the threads. The watch records the last uses of tokens, and leaves nothing in the write-ahead
    /// log of the store.
    pub(super) fn end(self) {
        drop(self.stop);
        // That it panicked was reported.
        let _ = self.watch.join();
    }
}
