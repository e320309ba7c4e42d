//! The commit, and what to do if nobody knows whether it took effect.

use std::thread::sleep;
use std::time::Duration;

use tokio::time::Instant;
use tokio_postgres::error::SqlState;

use super::fault::{Failure, fault};
use super::kinds::{Kind as _, Log, Manifest, select};
use super::link::{FLIGHT, Link};
use super::pieces::{self, Lock};
use super::state::{Found, State, limits};
use super::statement::Statement;
use crate::backend::{Fault, Row};

/// How long a database is asked whether it committed.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long to wait between two such questions.
const PAUSE: Duration = Duration::from_millis(200);

/// The channel on which commits are announced.
pub(super) const CHANNEL: &str = "hallpass";

/// Sends the changes and commits, in one flight.
pub(super) fn commit(state: &mut State<'_>) -> Result<(), Fault> {
    let mut statements = state.securing();
    let waits = !statements.is_empty();
    statements.extend(state.changes()?);
    // Others may not have it, and an error would undo the transaction.
    if state.link.server().is_some_and(|server| server.is_postgres) {
        statements.push(Statement::plain(format!("NOTIFY {CHANNEL}")));
    }
    statements.push(Statement::plain("COMMIT"));
    // From here on nothing is left to roll back, whatever happens.
    state.begun = false;
    let limit = if waits {
        state.link.options().busy_timeout + FLIGHT
    } else {
        FLIGHT
    };
    match state.link.flight(statements, limit) {
        Ok(_) => Ok(()),
        Err(Failure::Lost) => find_out(state),
        Err(failure) => {
            state.link.send(Statement::plain("ROLLBACK"));
            Err(fault(&failure, &state.link.who()))
        }
    }
}

/// What shows whether a transaction was committed.
struct Evidence {
    /// The log row that it wrote.
    entry: Option<(u64, Row)>,
    /// The root that it wrote.
    root: Option<Row>,
    /// The root that it found.
    before: Option<Row>,
}

/// What the database says of the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Committed,
    /// It was rolled back, and may be run again.
    Undone,
    /// Its evidence was replaced.
    Unknown,
}

/// Asks the database, over another connection, whether the transaction was committed.
fn find_out(state: &mut State<'_>) -> Result<(), Fault> {
    let evidence = Evidence {
        entry: state.witness.0.take(),
        root: state.witness.1.take(),
        before: state.root.take().and_then(|Found(root)| root),
    };
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if let Some(outcome) = ask(state.link, &evidence) {
            return match outcome {
                Outcome::Committed => Ok(()),
                Outcome::Undone => Err(Fault::Conflict),
                Outcome::Unknown => Err(unknown(state.link)),
            };
        }
        sleep(PAUSE);
    }
    Err(unknown(state.link))
}

fn unknown(link: &Link) -> Fault {
    link.options().traffic.lost_an_outcome();
    Fault::UnknownOutcome(link.who())
}

/// Asks once; `None` if there is no answer.
fn ask(link: &mut Link, evidence: &Evidence) -> Option<Outcome> {
    link.ensure_connected().ok()?;
    let schema = link.schema().to_owned();
    let lock = link.options().busy_timeout;
    let seq = evidence.entry.as_ref().map_or(0, |(seq, _)| *seq);
    let question = vec![
        Statement::plain("BEGIN ISOLATION LEVEL READ COMMITTED"),
        limits(lock),
        // The old session may still be committing: it has the lock until that is decided.
        Statement::plain(pieces::root(&schema, Lock::Wait)),
        select::<Log>(&schema, seq, seq),
        Statement::plain("ROLLBACK"),
    ];
    let answers = match link.flight(question, lock + FLIGHT) {
        Ok(answers) => answers,
        Err(failure) => {
            if !failure.is(&SqlState::LOCK_NOT_AVAILABLE) {
                link.hang_up();
            }
            link.send(Statement::plain("ROLLBACK"));
            return None;
        }
    };
    let [_, _, root, entry, _] = answers.as_slice() else {
        return None;
    };
    let root = root.first().map(Manifest::read).transpose().ok()?;
    let entry = entry.first().map(Log::read).transpose().ok()?;
    let (root, entry) = (root.map(|(_, row)| row), entry.map(|(_, row)| row));
    Some(evidence.outcome(root.as_ref(), entry.as_ref()))
}

impl Evidence {
    /// Judges by the log row, which stays when others commit; without one, by the root.
    fn outcome(&self, root: Option<&Row>, entry: Option<&Row>) -> Outcome {
        match &self.entry {
            Some((_, own)) if entry == Some(own) => Outcome::Committed,
            Some(_) => Outcome::Undone,
            None if root == self.root.as_ref() => Outcome::Committed,
            None if root == self.before.as_ref() => Outcome::Undone,
            None => Outcome::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(byte: u8) -> Row {
        Row {
            kid: 1,
            sealed: vec![byte],
        }
    }

    #[test]
    fn the_log_row_decides_and_without_one_the_root() {
        let with_entry = Evidence {
            entry: Some((7, row(7))),
            root: Some(row(2)),
            before: Some(row(1)),
        };
        // Others may have committed since.
        for root in [1, 2, 3].map(row) {
            let of = |entry: Option<Row>| with_entry.outcome(Some(&root), entry.as_ref());
            assert_eq!(of(Some(row(7))), Outcome::Committed);
            assert_eq!(of(Some(row(8))), Outcome::Undone);
            assert_eq!(of(None), Outcome::Undone);
        }
        let without = Evidence {
            entry: None,
            ..with_entry
        };
        let of = |root| without.outcome(Some(&row(root)), None);
        assert_eq!(of(2), Outcome::Committed);
        assert_eq!(of(1), Outcome::Undone);
        assert_eq!(of(3), Outcome::Unknown);
    }
}
