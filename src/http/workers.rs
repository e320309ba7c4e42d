//! The threads behind the answers, and their connections to the store.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle, available_parallelism};
use std::time::Duration;

use super::gate::Gate;
use super::host::Host;
use super::judge::Judge;
use super::keeper::Keeper;
use super::pool::{NewContext, Pool};
use super::postman::{NewMailer, Postbox, Postman};
use super::telemetry::Telemetry;
use super::watch::Watch;
use crate::core::Core;
use crate::error::Error;
use crate::open::Opening;

/// How many calls of the core, apart from verdicts, run at the same time.
pub(super) const CALLS: usize = 4;

/// How many calls that complete an answer run at the same time: they are short, and the store takes
/// one change at a time.
const ENDINGS: usize = 1;

/// How long the end waits for a mail that is being sent.
const LAST_MAIL: Duration = Duration::from_secs(2);

/// What the threads behind the answers are made of.
pub(super) struct Behind {
    /// The first connection to the store.
    pub(super) core: Core,
    /// How more are opened.
    pub(super) opening: Opening,
    /// The context of each.
    pub(super) new_context: NewContext,
    /// How many tokens are kept in memory at most.
    pub(super) table_limit: usize,
    /// How mails leave.
    pub(super) new_mailer: NewMailer,
}

/// The threads behind the answers.
pub(super) struct Workers {
    /// Verdicts.
    pub(super) judge: Arc<Judge>,
    /// Connections to the store, for everything but verdicts.
    pub(super) pool: Arc<Pool>,
    /// Where mails are handed in.
    pub(super) postbox: Postbox,
    postman_ended: Receiver<()>,
    stop: Sender<()>,
    watch: JoinHandle<()>,
}

impl Workers {
    /// Opens all connections to the store, of which `core` is the first, and starts the threads.
    pub(super) fn start(
        behind: Behind,
        host: &Arc<dyn Host>,
        telemetry: &Arc<Telemetry>,
    ) -> Result<Self, Error> {
        let Behind {
            core,
            opening,
            new_context,
            table_limit,
            new_mailer,
        } = behind;
        let new_context = Arc::new(new_context);
        let siblings = |count: usize| -> Result<Vec<Core>, Error> {
            let sibling = |_| opening.sibling(&core, new_context());
            (0..count).map(sibling).collect()
        };
        let (wish, wishes) = channel();
        let gate = Gate::new(Arc::clone(host), Arc::clone(telemetry), wish.clone());
        let gate = Arc::new(gate);
        let (pool, judge) = answerers(siblings, gate, table_limit)?;
        let keeper_core = opening.sibling(&core, new_context())?;
        let keeper = Keeper {
            core: keeper_core,
            opening: opening.clone(),
            new_context: Arc::clone(&new_context),
            judge: Arc::clone(&judge),
            host: Arc::clone(host),
            telemetry: Arc::clone(telemetry),
        };
        let keeper_ended = employ(move |at_work| {
            keeper.run(&wishes);
            drop(at_work);
        });
        let (postbox, postman_ended) = send_by(Postman {
            core: opening.sibling(&core, new_context())?,
            opening: opening.clone(),
            new_context: Arc::clone(&new_context),
            new_mailer,
            gate: Arc::clone(&judge.gate),
            telemetry: Arc::clone(telemetry),
            host: Arc::clone(host),
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
            postbox,
            postman_ended,
            stop,
            watch,
        })
    }

    /// Ends the threads. The watch records the last uses of tokens, and leaves nothing in the write-ahead
    /// log of the store.
    pub(super) fn end(self) {
        // A mail that is being sent when the server ends is sent again, or not, by the rules for a
        // kill.
        self.postbox.end();
        let _ = self.postman_ended.recv_timeout(LAST_MAIL);
        drop(self.stop);
        // That it panicked was reported.
        let _ = self.watch.join();
    }
}

/// What answers requests, by connections that `siblings` opens.
fn answerers(
    siblings: impl Fn(usize) -> Result<Vec<Core>, Error>,
    gate: Arc<Gate>,
    table_limit: usize,
) -> Result<(Arc<Pool>, Arc<Judge>), Error> {
    let pool = Arc::new(Pool::of(siblings(CALLS)?, siblings(ENDINGS)?, &gate));
    let threads = available_parallelism().map_or(2, NonZero::get);
    let desks = siblings(threads)?;
    let judge = Judge::new(Arc::clone(&pool), desks, table_limit, gate);
    Ok((pool, Arc::new(judge)))
}

/// Starts the postman. The receiver hangs up when nothing is being sent any more.
fn send_by(postman: Postman) -> (Postbox, Receiver<()>) {
    let (postbox, orders) = Postbox::new();
    let ended = employ(move |at_work| postman.run(&orders, at_work));
    (postbox, ended)
}

/// Runs `work` on a thread of its own. The receiver hangs up when that has dropped what it is given:
/// when it has closed its connections.
fn employ(work: impl FnOnce(Sender<()>) + Send + 'static) -> Receiver<()> {
    let (at_work, ended) = channel();
    thread::spawn(move || work(at_work));
    ended
}
