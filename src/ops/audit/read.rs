//! Lists, follows and exports the audit log.

use serde::Serialize;

use super::filter::Choice;
use super::record::LogRecord;
use crate::barrier::Reader;
use crate::core::Core;
use crate::error::Result;
use crate::model::audit::LogHead;

/// The newest entry of the log and the chain's head at it, for an external witness.
#[derive(Debug, Clone, Serialize)]
pub struct Head {
    /// The number of the newest entry.
    pub seq: u64,
    /// The head of the chain at it.
    pub head: LogHead,
}

/// Receives one entry at a time; an error ends the list.
pub type Show<'a> = &'a mut dyn FnMut(LogRecord) -> Result<()>;

/// Passes every selected entry to `show`, oldest first, and verifies the whole log on the way.
/// Returns the newest entry, selected or not.
///
/// # Errors
///
/// The log is damaged, or `show` returns an error.
pub fn all(core: &mut Core, choice: &Choice, show: Show<'_>) -> Result<LogHead> {
    core.read(|r| from(r, 0, choice, show))
}

/// Passes the newest `count` selected entries to `show`, oldest first, without reading the log
/// before them. Returns the newest entry of all, and whether earlier entries were left out.
///
/// # Errors
///
/// The log is damaged from there on, or `show` returns an error.
pub fn last(
    core: &mut Core,
    choice: &Choice,
    count: u64,
    show: Show<'_>,
) -> Result<(LogHead, Beginning)> {
    core.read(|r| {
        let first = r.log_last_of(count, &|entry| choice.picks(entry))?;
        let head = from(r, first, choice, show)?;
        let whole = first == r.log_start().seq + 1;
        Ok((
            head,
            if whole {
                Beginning::OfTheLog
            } else {
                Beginning::Later
            },
        ))
    })
}

/// Where a list begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// At the first retained entry.
    OfTheLog,
    /// Later: entries before it were left out.
    Later,
}

/// Passes the selected entries after `seen` to `show`, and verifies that they continue it. Returns
/// the newest entry.
///
/// # Errors
///
/// The log does not continue `seen`, or `show` returns an error.
pub fn after(core: &mut Core, choice: &Choice, seen: &LogHead, show: Show<'_>) -> Result<LogHead> {
    core.read(|r| {
        r.log_after(seen, &mut |seq, entry| {
            choice.show(LogRecord { seq, entry }, show)
        })
    })
}

fn from(r: &mut Reader<'_>, first: u64, choice: &Choice, show: Show<'_>) -> Result<LogHead> {
    r.log_from(first, &mut |seq, entry| {
        choice.show(LogRecord { seq, entry }, show)
    })?;
    Ok(r.log_head())
}

/// The newest entry and the head of the chain at it.
///
/// # Errors
///
/// As [`Core::read`].
pub fn head(core: &mut Core) -> Result<Head> {
    let head = core.read(|r| Ok(r.log_head()))?;
    Ok(Head {
        seq: head.seq,
        head,
    })
}

/// Passes every entry to `show`, oldest first, and verifies the log on the way. `progress` receives
/// the number of entries done and their total.
///
/// # Errors
///
/// The log is damaged, or `show` returns an error.
pub fn export(
    core: &mut Core,
    progress: &mut dyn FnMut(u64, u64),
    show: Show<'_>,
) -> Result<LogHead> {
    core.read(|r| {
        let total = r.log_head().seq - r.log_start().seq;
        let mut done = 0;
        r.log_whole(&mut |at, entry| {
            done += 1;
            progress(done, total);
            show(LogRecord { seq: at.seq, entry })
        })?;
        Ok(r.log_head())
    })
}
