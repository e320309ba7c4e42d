//! What is known of a transaction while it runs.

mod keep;

use std::cell::Cell;
use std::time::Duration;

use super::fault::{Failure, corrupt, fault, lost};
use super::kinds::{CHUNK, Heads, Index, Log, Manifest, Objects};
use super::link::{FLIGHT, Link};
use super::pieces::{self, Keys, Lock, Piece};
use super::statement::{Answers, Parameter, Statement};
use super::table::Table;
use super::uses::{self, LastUses};
use crate::backend::{Fault, Mode, ObjId, Row};

/// Changes of this many bytes are sent before the commit, so that no flight is too long.
const MOST_KEPT: usize = 4 << 20;

/// What is known of a transaction.
pub(super) struct State<'a> {
    pub(super) link: &'a mut Link,
    /// Whether the store was found to be too large to be read whole.
    is_large: &'a Cell<bool>,
    pub(super) mode: Mode,
    /// Whether it writes, and has not locked the root yet: until then it reads a snapshot.
    optimistic: bool,
    pub(super) begun: bool,
    keys: Option<Keys>,
    /// The root as it was first read.
    pub(super) root: Option<Found>,
    pub(super) hdr: Table<Heads>,
    pub(super) obj: Table<Objects>,
    pub(super) idx: Table<Index>,
    pub(super) man: Table<Manifest>,
    pub(super) log: Table<Log>,
    pub(super) uses: Table<LastUses>,
    /// Objects that were removed, whose last uses go with them.
    pub(super) unused: Vec<ObjId>,
    /// The newest log row that is written, and the root: what shows later whether this was committed.
    pub(super) witness: (Option<(u64, Row)>, Option<Row>),
    kept: usize,
    read: usize,
}

/// What a read found: a row, or that there is none.
pub(super) struct Found(pub(super) Option<Row>);

/// Why pieces were not read.
enum Unread {
    /// The connection was lost.
    Lost,
    /// Everything else.
    Fault(Fault),
}

impl<'a> State<'a> {
    pub(super) fn new(link: &'a mut Link, is_large: &'a Cell<bool>, mode: Mode) -> Self {
        Self {
            link,
            is_large,
            mode,
            optimistic: false,
            begun: false,
            keys: None,
            root: None,
            hdr: Table::default(),
            obj: Table::default(),
            idx: Table::default(),
            man: Table::default(),
            log: Table::default(),
            uses: Table::default(),
            unused: Vec::new(),
            witness: (None, None),
            kept: 0,
            read: 0,
        }
    }

    /// A writing transaction that reads a snapshot, and locks the root only to commit, or to send changes
    /// before that. If the root is another by then, that is a conflict.
    pub(super) fn optimistic(link: &'a mut Link, is_large: &'a Cell<bool>) -> Self {
        Self {
            optimistic: true,
            ..Self::new(link, is_large, Mode::Write)
        }
    }

    /// Reads pieces in one flight, the first of a transaction with all that comes first.
    ///
    /// A reading transaction whose connection is lost goes on over another one, if the root is still
    /// the same: roots are sealed anew each time, so the same bytes are the same state.
    pub(super) fn run(&mut self, wanted: &[Piece]) -> Result<(), Fault> {
        let mut connections = 2;
        loop {
            match self.attempt(wanted) {
                Ok(()) => return Ok(()),
                Err(Unread::Fault(fault @ Fault::ReadOnly(_))) => {
                    // Another server may take writes by now.
                    self.link.hang_up();
                    return Err(fault);
                }
                Err(Unread::Fault(fault)) => {
                    if !self.begun {
                        // It began, and failed after that.
                        self.link.send(Statement::plain("ROLLBACK"));
                    }
                    return Err(fault);
                }
                Err(Unread::Lost) if self.begun && self.mode != Mode::Read => {
                    return Err(Fault::Conflict);
                }
                Err(Unread::Lost) if connections == 0 => return Err(lost(&self.link.who())),
                Err(Unread::Lost) => (),
            }
            connections -= 1;
            self.begun = false;
            self.link.ensure_connected()?;
        }
    }

    fn attempt(&mut self, wanted: &[Piece]) -> Result<(), Unread> {
        let schema = self.link.schema().to_owned();
        let mut beginning = Vec::new();
        let mut all = Vec::new();
        if !self.begun {
            beginning = self.beginning();
            let writes = self.mode != Mode::Read;
            all = Piece::first(self.lock(), writes, self.is_large.get());
        }
        all.extend_from_slice(wanted);
        let read = |all: &[Piece]| {
            all.iter()
                .map(|piece| piece.statement(&schema))
                .collect::<Vec<_>>()
        };
        let before = beginning.len();
        beginning.extend(read(&all));
        let mut answers = self.fly(beginning)?.split_off(before);
        let is_first = !self.begun && self.mode != Mode::Read;
        let is_rootless = answers.first().is_some_and(Vec::is_empty);
        if is_first && is_rootless && self.optimistic {
            // There is nothing that could be compared at the commit.
            self.optimistic = false;
            self.link.send(Statement::plain("ROLLBACK"));
            return self.attempt(wanted);
        }
        if is_first && is_rootless {
            // There is no root that could be locked: the tables are empty, or hold half a copy.
            let nowait = if self.mode == Mode::WriteIfFree {
                " NOWAIT"
            } else {
                ""
            };
            let lock = format!("LOCK TABLE {schema}.hdr IN SHARE UPDATE EXCLUSIVE MODE{nowait}");
            let mut statements = vec![Statement::plain(lock)];
            statements.extend(read(&all));
            answers = self.fly(statements)?.split_off(1);
        }
        self.begun = true;
        for (piece, rows) in all.iter().zip(&answers) {
            self.keep(*piece, rows).map_err(Unread::Fault)?;
        }
        Ok(())
    }

    fn fly(&mut self, statements: Vec<Statement>) -> Result<Answers, Unread> {
        let limit = match self.mode {
            Mode::Write if !self.begun && !self.optimistic => {
                self.link.options().busy_timeout + FLIGHT
            }
            _ => FLIGHT,
        };
        self.link
            .flight(statements, limit)
            .map_err(|failure| match failure {
                Failure::Lost => Unread::Lost,
                _ => Unread::Fault(fault(&failure, &self.link.who())),
            })
    }

    fn lock(&self) -> Lock {
        match self.mode {
            Mode::Read => Lock::None,
            Mode::Write if self.optimistic => Lock::None,
            Mode::Write => Lock::Wait,
            Mode::WriteIfFree => Lock::NoWait,
        }
    }

    fn beginning(&self) -> Vec<Statement> {
        if self.mode == Mode::Read || self.optimistic {
            let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
            return vec![Statement::plain(begin)];
        }
        self.beginning_to_write()
    }

    fn beginning_to_write(&self) -> Vec<Statement> {
        vec![
            Statement::plain("BEGIN ISOLATION LEVEL READ COMMITTED"),
            limits(self.link.options().busy_timeout),
        ]
    }

    /// What ends the snapshot of an optimistic transaction, and locks the root if it is still the same;
    /// nothing once that is done. Roots are sealed anew each time, so that the same bytes are the state
    /// that was read.
    pub(super) fn securing(&mut self) -> Vec<Statement> {
        let root = self.root.as_ref().and_then(|Found(root)| root.as_ref());
        let Some(root) = root.filter(|_| self.optimistic) else {
            return Vec::new();
        };
        let same = pieces::same_root(self.link.schema(), root);
        let mut statements = vec![Statement::plain("ROLLBACK")];
        statements.extend(self.beginning_to_write());
        statements.push(same);
        self.optimistic = false;
        statements
    }

    /// Locks the root, unless that is done.
    pub(super) fn secure(&mut self) -> Result<(), Fault> {
        if !self.begun {
            self.run(&[])?;
        }
        let statements = self.securing();
        if statements.is_empty() {
            return Ok(());
        }
        self.send_changes(statements)
    }

    fn send_changes(&mut self, statements: Vec<Statement>) -> Result<(), Fault> {
        let limit = self.link.options().busy_timeout + FLIGHT;
        match self.link.flight(statements, limit) {
            Ok(_) => Ok(()),
            Err(Failure::Lost) => Err(Fault::Conflict),
            Err(failure) => Err(fault(&failure, &self.link.who())),
        }
    }

    /// Reads all last uses of a small store, as far as one statement returns them, before the first is used.
    pub(super) fn expect_uses(&mut self) -> Result<(), Fault> {
        if self.is_large.get() || !self.uses.is_unread() {
            return Ok(());
        }
        self.run(&[Piece::Uses([0; 16], [u8::MAX; 16])])
    }

    /// Counts bytes of changes that are kept; sends all once they are many.
    pub(super) fn kept(&mut self, bytes: usize) -> Result<(), Fault> {
        self.kept = self.kept.saturating_add(bytes);
        if self.kept > MOST_KEPT {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// Sends the changes without committing them.
    pub(super) fn flush(&mut self) -> Result<(), Fault> {
        let changes = self.changes()?;
        if changes.is_empty() {
            return Ok(());
        }
        let mut statements = self.securing();
        statements.extend(changes);
        self.send_changes(statements)
    }

    /// The statements of all changes, which are forgotten, as is what was read of those tables.
    pub(super) fn changes(&mut self) -> Result<Vec<Statement>, Fault> {
        self.kept = 0;
        let schema = self.link.schema().to_owned();
        let mut all = Vec::new();
        if !self.hdr.is_unchanged() {
            all.extend(self.hdr.statements(&schema)?);
        }
        if !self.obj.is_unchanged() {
            all.extend(self.obj.statements(&schema)?);
        }
        if !self.idx.is_unchanged() {
            all.extend(self.idx.statements(&schema)?);
        }
        if !self.man.is_unchanged() {
            all.extend(self.man.statements(&schema)?);
        }
        if !self.log.is_unchanged() {
            all.extend(self.log.statements(&schema)?);
        }
        let unused = std::mem::take(&mut self.unused);
        for objects in unused.chunks(CHUNK) {
            all.push(uses::remove(&schema, objects)?);
            self.uses.forget();
        }
        if !all.is_empty() {
            self.keys = None;
        }
        Ok(all)
    }

    /// The keys of `hdr` and `man`, with the changes.
    pub(super) fn keys(&mut self) -> Result<Keys, Fault> {
        if !(self.hdr.is_unchanged() && self.man.is_unchanged()) {
            self.flush()?;
        }
        if self.keys.is_none() {
            self.run(&[Piece::Keys])?;
        }
        self.keys
            .ok_or_else(|| corrupt("its tables cannot be read"))
    }

    /// Runs one statement that returns one row, after sending the changes.
    pub(super) fn ask(
        &mut self,
        statement: Statement,
    ) -> Result<Option<tokio_postgres::Row>, Fault> {
        self.flush()?;
        match self.fly(vec![statement]) {
            Ok(answers) => Ok(answers.into_iter().flatten().next()),
            Err(Unread::Lost) => Err(Fault::Conflict),
            Err(Unread::Fault(fault)) => Err(fault),
        }
    }
}

/// Limits of a writing transaction. A commit is durable, and on the synchronous standby if there is
/// one: `synchronous_commit` is raised where it is weaker, and left where it is stronger.
pub(super) fn limits(lock: Duration) -> Statement {
    let lock = format!("{}ms", lock.as_millis().max(1));
    let sql = "SELECT set_config('lock_timeout', $1, true), \
         set_config('idle_in_transaction_session_timeout', '10s', true), \
         set_config('synchronous_commit', CASE current_setting('synchronous_commit') \
         WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true)";
    Statement::with(sql, [Parameter::Text(lock)])
}
