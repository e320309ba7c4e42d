//! The threads behind the answers, and their connections to the store.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, available_parallelism};
use std::time::Duration;

use tokio::time::Instant;

use super::follower::{Follower, Seen};
use super::freshness::Freshness;
use super::gate::Gate;
use super::host::Host;
use super::judge::Judge;
use super::keeper::Keeper;
use super::pool::{NewContext, PATIENCE, Pool};
use super::postman::{NewMailer, Postbox, Postman};
use super::telemetry::Telemetry;
use super::watch::Watch;
use super::wish::Wish;
use crate::backend;
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

/// How long the end waits for a database: for the last uses of tokens, and for whoever follows it.
const LAST_FLIGHT: Duration = Duration::from_secs(5);

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
    /// What watches the storage, if it is a database.
    pub(super) database: Option<Database>,
}

/// What watches a database.
pub(super) struct Database {
    /// Reports commits.
    pub(super) watch: Box<dyn backend::Watch>,
    /// How new what is in memory is.
    pub(super) freshness: Arc<Freshness>,
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
    watch_ended: Receiver<()>,
    follower: Option<Until>,
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
            database,
        } = behind;
        let new_context = Arc::new(new_context);
        let another = || opening.sibling(&core, new_context());
        let (wish, wishes) = channel();
        let gate = Gate::new(Arc::clone(host), Arc::clone(telemetry), wish.clone());
        let freshness = database.as_ref().map(|it| Arc::clone(&it.freshness));
        let (pool, judge) = answerers(&another, Arc::new(gate), table_limit, freshness)?;
        let cores = [another()?, another()?];
        let follower_core = database.is_some().then(&another).transpose()?;
        let crew = Crew {
            opening,
            new_context,
            judge,
            host,
            telemetry,
        };
        let [for_keeper, for_postman] = cores;
        let keeper_ended = crew.keep(for_keeper, wishes);
        let (postbox, postman_ended) = crew.send(for_postman, new_mailer);
        let follower = follower_core
            .zip(database)
            .map(|(core, database)| crew.follow(core, database, wish.clone()));
        let (stop, watch_ended) = crew.watch(core, wish, keeper_ended);
        Ok(Self {
            judge: crew.judge,
            pool,
            postbox,
            postman_ended,
            stop,
            watch_ended,
            follower,
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
        let Some((stop, follower_ended)) = self.follower else {
            // Also if it panicked, which was reported.
            let _ = self.watch_ended.recv();
            return;
        };
        drop(stop);
        // A database may be away. Nothing is lost but the time of the last uses.
        let until = Instant::now() + LAST_FLIGHT;
        for ended in [self.watch_ended, follower_ended] {
            let rest = until.saturating_duration_since(Instant::now());
            let _ = ended.recv_timeout(rest);
        }
    }
}

/// What answers requests, by connections that `siblings` opens.
fn answerers(
    another: &impl Fn() -> Result<Core, Error>,
    gate: Arc<Gate>,
    table_limit: usize,
    database: Option<Arc<Freshness>>,
) -> Result<(Arc<Pool>, Arc<Judge>), Error> {
    let siblings = |count: usize| (0..count).map(|_| another()).collect::<Result<Vec<_>, _>>();
    let threads = available_parallelism().map_or(2, NonZero::get);
    let (calls, endings) = (siblings(CALLS)?, siblings(ENDINGS)?);
    let mut for_verdicts = siblings(threads)?;
    if let Some(database) = database {
        for_verdicts.iter_mut().for_each(Judge::prepare);
        let pool = Pool::remote(calls, endings, for_verdicts, &gate, PATIENCE);
        let pool = Arc::new(pool);
        let judge = Judge::remote(Arc::clone(&pool), table_limit, gate, database);
        return Ok((pool, Arc::new(judge)));
    }
    let pool = Arc::new(Pool::of(calls, endings, &gate));
    let judge = Judge::new(Arc::clone(&pool), for_verdicts, table_limit, gate);
    Ok((pool, Arc::new(judge)))
}

/// What every thread is given.
struct Crew<'a> {
    opening: Opening,
    new_context: Arc<NewContext>,
    judge: Arc<Judge>,
    host: &'a Arc<dyn Host>,
    telemetry: &'a Arc<Telemetry>,
}

impl Crew<'_> {
    /// Starts the keeper. The receiver hangs up when it has closed its connection.
    fn keep(&self, core: Core, wishes: Receiver<Wish>) -> Receiver<()> {
        let keeper = Keeper {
            core,
            opening: self.opening.clone(),
            new_context: Arc::clone(&self.new_context),
            judge: Arc::clone(&self.judge),
            host: Arc::clone(self.host),
            telemetry: Arc::clone(self.telemetry),
        };
        employ(move |at_work| {
            keeper.run(&wishes);
            drop(at_work);
        })
    }

    /// Starts the postman. The receiver hangs up when nothing is being sent any more.
    fn send(&self, core: Core, new_mailer: NewMailer) -> (Postbox, Receiver<()>) {
        let postman = Postman {
            core,
            opening: self.opening.clone(),
            new_context: Arc::clone(&self.new_context),
            new_mailer,
            gate: Arc::clone(&self.judge.gate),
            telemetry: Arc::clone(self.telemetry),
            host: Arc::clone(self.host),
        };
        let (postbox, orders) = Postbox::new();
        let ended = employ(move |at_work| postman.run(&orders, at_work));
        (postbox, ended)
    }

    /// Starts the follower of a database.
    fn follow(&self, core: Core, database: Database, keeper: Sender<Wish>) -> Until {
        let follower = Follower {
            core,
            watch: database.watch,
            freshness: database.freshness,
            judge: Arc::clone(&self.judge),
            keeper,
            telemetry: Arc::clone(self.telemetry),
            host: Arc::clone(self.host),
            seen: Seen::default(),
        };
        until_stopped(move |stopped| follower.run(stopped))
    }

    /// Starts the watch.
    fn watch(&self, core: Core, keeper: Sender<Wish>, keeper_ended: Receiver<()>) -> Until {
        let watch = Watch {
            core,
            opening: self.opening.clone(),
            new_context: Arc::clone(&self.new_context),
            judge: Arc::clone(&self.judge),
            keeper,
            keeper_ended,
            telemetry: Arc::clone(self.telemetry),
            host: Arc::clone(self.host),
        };
        until_stopped(move |stopped| watch.run(stopped))
    }
}

/// Work that goes on until it is stopped: the sender stops it when it is dropped, the receiver hangs up when
/// it has ended.
type Until = (Sender<()>, Receiver<()>);

fn until_stopped(work: impl FnOnce(&Receiver<()>) + Send + 'static) -> Until {
    let (stop, stopped) = channel();
    let ended = employ(move |at_work| {
        work(&stopped);
        drop(at_work);
    });
    (stop, ended)
}

/// Runs `work` on a thread of its own. The receiver hangs up when that has dropped what it is given:
/// when it has closed its connections.
fn employ(work: impl FnOnce(Sender<()>) + Send + 'static) -> Receiver<()> {
    let (at_work, ended) = channel();
    thread::spawn(move || work(at_work));
    ended
}

#[cfg(test)]
mod tests;
