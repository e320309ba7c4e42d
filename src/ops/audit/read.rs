//! The log is listed, followed, exported.

use serde::Serialize;

use super::filter::Choice;
use super::record::LogRecord;
use crate::barrier::Reader;
use crate::core::Core;
use crate::error::Result;
use crate::model::audit::LogHead;

/// The end of the log, for a witness outside.
#[derive(Debug, Clone, Serialize)]
pub struct Head {
    /// The newest entry.
    pub seq: u64,
    /// The head of the chain at it.
    pub head: LogHead,
}

/// Takes what is shown, an entry at a time.
pub type Show<'a> = &'a mut dyn FnMut(LogRecord) -> Result<()>;

/// Shows every entry that is chosen, the oldest first, and proves the whole log on the way. Returns
/// the newest entry, shown or not.
///
/// # Errors
///
/// The log is damaged, or `show` ends the list.
pub fn all(core: &mut Core, choice: &Choice, show: Show<'_>) -> Result<LogHead> {
    core.read(|r| from(r, 0, choice, show))
}

/// Shows the newest `count` entries that are chosen, the oldest of them first, without reading what
/// comes before. Returns the newest entry of all, and the number of the first that was read.
///
/// # Errors
///
/// The log is damaged from there on, or `show` ends the list.
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
    /// At the first entry that is kept.
    OfTheLog,
    /// Entries before it were left out.
    Later,
}

/// Shows what was chosen of the entries after `seen`, and proves that they continue it. Returns the
/// newest.
///
/// # Errors
///
/// The log does not continue `seen`, or `show` ends the list.
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
pub fn head(core: &mut Core) -> Result<Head> {
    let head = core.read(|r| Ok(r.log_head()))?;
    Ok(Head {
        seq: head.seq,
        head,
    })
}

/// Shows every entry, the oldest first, and proves the log on the way; `progress` is told how much of
/// how much is done.
///
/// # Errors
///
/// The log is damaged, or `show` ends the list.
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
