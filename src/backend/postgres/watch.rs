//! Watching the commits of everybody.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tokio::time::{Instant, timeout};

use super::commit::CHANNEL;
use super::fault::{corrupt, fault};
use super::link::{FLIGHT, Link};
use super::statement::{Statement, column};
use crate::backend::{Fault, Observed, Version, Watch};

/// How long the watch waits for an answer.
const ANSWER: Duration = Duration::from_millis(500);

/// A watch on a connection of its own.
pub(super) struct PostgresWatch {
    link: Link,
    /// Whether the server was asked to announce commits on this connection.
    listens: bool,
}

impl PostgresWatch {
    pub(super) fn new(link: Link) -> Self {
        Self {
            link,
            listens: false,
        }
    }

    /// Has commits announced, where that is possible: it only makes the watch faster.
    fn listen(&mut self) {
        if !self.listens && self.link.server().is_some_and(|server| server.is_postgres) {
            self.link
                .send(Statement::plain(format!("LISTEN {CHANNEL}")));
        }
        self.listens = true;
    }
}

impl Watch for PostgresWatch {
    fn wait(&mut self, seen: Option<Version>, most: Duration) -> Result<Observed, Fault> {
        let until = Instant::now() + most;
        if !self.link.is_connected() {
            self.listens = false;
            self.link.ensure_connected()?;
        }
        self.listen();
        if seen.is_some() {
            let (notified, left) = (self.link.notified(), until - Instant::now().min(until));
            // Either way the version is asked for.
            let waited = async move { timeout(left, notified.notified()).await.is_ok() };
            let _ = self.link.driver().run(waited);
        }
        let asked_at = since_boot();
        let version = version(&mut self.link, ANSWER)?;
        Ok(Observed { version, asked_at })
    }
}

/// Asks for the version: the nonce of the root, which is sealed anew by each commit.
pub(super) fn version(link: &mut Link, limit: Duration) -> Result<Version, Fault> {
    let schema = link.schema();
    // A pooler may have changed the server behind the connection: a replica does not have the newest.
    let sql = format!(
        "SELECT (SELECT substring(ct FROM 1 FOR 24) FROM {schema}.man WHERE b = 0), pg_is_in_recovery()"
    );
    let answers = link.flight(vec![Statement::plain(sql)], limit);
    let answers = answers.map_err(|failure| fault(&failure, &link.who()))?;
    let Some(row) = answers.first().and_then(|rows| rows.first()) else {
        return Err(corrupt("the root cannot be asked for"));
    };
    if column::<bool>(row, 1)? {
        let who = link.who();
        link.hang_up();
        return Err(Fault::ReadOnly(format!("{who} has become a replica")));
    }
    let Some(bytes): Option<&[u8]> = column(row, 0)? else {
        // An empty store.
        return Ok(Version::new([0; 24]));
    };
    let mut nonce = [0; 24];
    if bytes.len() > nonce.len() {
        return Err(corrupt("the root is not one of a store"));
    }
    nonce
        .iter_mut()
        .zip(bytes)
        .for_each(|(place, byte)| *place = *byte);
    Ok(Version::new(nonce))
}

/// As [`version`], once more over another connection if this one was lost.
pub(super) fn version_again(link: &mut Link) -> Result<Version, Fault> {
    link.ensure_connected()?;
    match version(link, FLIGHT) {
        Err(_) if !link.is_connected() => {
            link.ensure_connected()?;
            version(link, FLIGHT)
        }
        done => done,
    }
}

fn since_boot() -> Duration {
    let now = clock_gettime(ClockId::Boottime);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(now.tv_nsec).unwrap_or(0))
}
