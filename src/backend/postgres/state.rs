//! What is known of a transaction while it runs.

use std::cell::Cell;
use std::time::Duration;

use super::fault::{Failure, corrupt, fault, lost};
use super::kinds::{CHUNK, Heads, Index, Kind, Log, Manifest, Objects};
use super::link::{Answers, FLIGHT, Link};
use super::pieces::{self, Keys, Lock, Piece};
use super::statement::{Parameter, Statement};
use super::table::Table;
use crate::backend::{Fault, IdxKey, Mode, ObjId, Row};

/// Rows of this many bytes are kept of what was read.
const MOST_READ: usize = 64 << 20;
/// Changes of this many bytes are sent before the commit, so that no flight is too long.
const MOST_KEPT: usize = 4 << 20;

/// What is known of a transaction.
pub(super) struct State<'a> {
    pub(super) link: &'a mut Link,
    /// Whether the store was found to be too large to be read whole.
    is_large: &'a Cell<bool>,
    pub(super) mode: Mode,
    pub(super) begun: bool,
    keys: Option<Keys>,
    /// The root as it was first read.
    pub(super) root: Option<Option<Row>>,
    pub(super) hdr: Table<Heads>,
    pub(super) obj: Table<Objects>,
    pub(super) idx: Table<Index>,
    pub(super) man: Table<Manifest>,
    pub(super) log: Table<Log>,
    /// The newest log row that is written, and the root: what shows later whether this was committed.
    pub(super) witness: (Option<(u64, Row)>, Option<Row>),
    kept: usize,
    read: usize,
}

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
            begun: false,
            keys: None,
            root: None,
            hdr: Table::default(),
            obj: Table::default(),
            idx: Table::default(),
            man: Table::default(),
            log: Table::default(),
            witness: (None, None),
            kept: 0,
            read: 0,
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
            all = Piece::first(self.lock(), self.is_large.get());
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
        if is_first && answers.first().is_some_and(Vec::is_empty) {
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
            Mode::Write if !self.begun => self.link.options().busy_timeout + FLIGHT,
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
            Mode::Write => Lock::Wait,
            Mode::WriteIfFree => Lock::NoWait,
        }
    }

    fn beginning(&self) -> Vec<Statement> {
        if self.mode == Mode::Read {
            let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
            return vec![Statement::plain(begin)];
        }
        vec![
            Statement::plain("BEGIN ISOLATION LEVEL READ COMMITTED"),
            limits(self.link.options().busy_timeout),
        ]
    }

    /// Keeps what was read.
    fn keep(&mut self, piece: Piece, answer: &[tokio_postgres::Row]) -> Result<(), Fault> {
        match piece {
            Piece::Root(_) => {
                let rows = pieces::rows::<Manifest>(answer)?;
                let root = rows.first().map(|(_, row)| row.clone());
                // Read over another connection.
                if self.root.as_ref().is_some_and(|before| *before != root) {
                    return Err(Fault::Conflict);
                }
                self.root = Some(root);
                self.man.keep(0, 0, rows);
            }
            Piece::Heads => self.hdr.keep(0, u8::MAX, pieces::rows::<Heads>(answer)?),
            Piece::Keys => self.keys = Some(pieces::keys(answer)?),
            Piece::Size => self.is_large.set(!pieces::size(answer)?),
            Piece::SmallObjects | Piece::SmallIndex | Piece::SmallManifest
                if self.is_large.get() => {}
            Piece::SmallObjects => {
                self.obj
                    .keep([0; 16], [255; 16], pieces::rows::<Objects>(answer)?);
            }
            Piece::SmallIndex => {
                self.idx
                    .keep([0; 16], [255; 16], pieces::rows::<Index>(answer)?);
            }
            Piece::SmallManifest => {
                self.man
                    .keep(0, u16::MAX, pieces::rows::<Manifest>(answer)?);
            }
            Piece::Manifest(b) => self.man.keep(b, b, pieces::rows::<Manifest>(answer)?),
            Piece::Objects(first, last) => {
                self.count::<Objects>(answer);
                keep_range(&mut self.obj, first, last, answer)?;
            }
            Piece::Index(first, last) => {
                self.count::<Index>(answer);
                keep_range(&mut self.idx, first, last, answer)?;
            }
            Piece::Log(first, last) => {
                self.count::<Log>(answer);
                keep_range(&mut self.log, first, last, answer)?;
            }
            Piece::NamedObjects(_) => {
                self.count::<Objects>(answer);
                self.keep_around(answer)?;
            }
            Piece::NamedManifest(_) => {
                for (b, row) in pieces::rows::<Manifest>(answer)? {
                    self.man.keep(b, b, [(b, row)]);
                }
            }
            Piece::LogEnd => {
                let rows = pieces::rows::<Log>(answer)?;
                let first = rows.first().map_or(0, |(seq, _)| *seq);
                self.log.keep(first, u64::MAX, rows);
            }
        }
        Ok(())
    }

    /// Whether what an index entry names has to be read: it is not here, or nobody knows what it is.
    pub(super) fn lacks_named(&self, h: IdxKey) -> bool {
        let Some((_, entries)) = self.idx.from(h, h) else {
            return true;
        };
        entries.first().is_some_and(|(_, [top, next, ..])| {
            let (first, last) = around(*top, *next);
            let b = u16::from(*top) + 1;
            !(self.obj.covers(first, last) && self.man.covers(b, b))
        })
    }

    /// Keeps objects whose ids start with the same two bytes: all that there are.
    fn keep_around(&mut self, answer: &[tokio_postgres::Row]) -> Result<(), Fault> {
        let Some([top, next, ..]) = pieces::rows::<Objects>(answer)?.first().map(|(id, _)| *id)
        else {
            return Ok(());
        };
        let (first, last) = around(top, next);
        keep_range(&mut self.obj, first, last, answer)
    }

    /// Forgets ranges that were read before, once there are too many.
    fn count<T: Kind>(&mut self, answer: &[tokio_postgres::Row]) {
        let size: usize = answer.iter().map(tokio_postgres::Row::raw_size_bytes).sum();
        self.read = self.read.saturating_add(size);
        if self.read > MOST_READ {
            self.obj.forget();
            self.idx.forget();
            self.log.forget();
            self.read = size;
        }
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
        let statements = self.changes()?;
        if statements.is_empty() {
            return Ok(());
        }
        match self.fly(statements) {
            Ok(_) => Ok(()),
            Err(Unread::Lost) => Err(Fault::Conflict),
            Err(Unread::Fault(fault)) => Err(fault),
        }
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

/// The first and the last id that start with these bytes.
fn around(top: u8, next: u8) -> (ObjId, ObjId) {
    let bound = |fill| {
        let mut key = [fill; 16];
        let [first, second, ..] = &mut key;
        (*first, *second) = (top, next);
        key
    };
    (bound(0), bound(u8::MAX))
}

/// Keeps a range, as far as it was read: a full answer may not be all of it.
fn keep_range<T: Kind>(
    table: &mut Table<T>,
    first: T::Key,
    last: T::Key,
    answer: &[tokio_postgres::Row],
) -> Result<(), Fault> {
    let rows = pieces::rows::<T>(answer)?;
    let end = match rows.last() {
        Some((key, _)) if rows.len() >= CHUNK => *key,
        _ => last,
    };
    table.keep(first, end, rows);
    Ok(())
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
