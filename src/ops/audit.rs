//! The audit log: listed, followed, proven, exported.

use serde::Serialize;

use super::Core;
use crate::barrier::Reader;
use crate::error::{Error, Refusal, Result};
use crate::model::audit::{Entry, LogHead};

mod filter;

pub use filter::{Action, Choice, Filter, ProfileRef, choose};

/// An entry of the log, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// Its number, from 1.
    pub seq: u64,
    /// What it says.
    #[serde(flatten)]
    pub entry: Entry,
}

/// What the log was found to be.
#[derive(Debug, Clone, Serialize)]
pub struct Proof {
    /// The first entry that is kept.
    pub first: u64,
    /// The newest.
    pub last: u64,
    /// How many there are.
    pub rows: u64,
    /// The head of the chain.
    pub head: LogHead,
    /// Whether this machine's memory of the store agrees: `ok`, `first` or `off`.
    pub anchor: &'static str,
    /// How many earlier heads were found in it.
    pub witnesses: u64,
}

/// The end of the log, for a witness outside.
#[derive(Debug, Clone, Serialize)]
pub struct Head {
    /// The newest entry.
    pub seq: u64,
    /// The head of the chain at it.
    pub head: LogHead,
}

/// Takes what is shown, an entry at a time.
pub type Show<'a> = &'a mut dyn FnMut(Record) -> Result<()>;

/// Shows every entry that is chosen, the oldest first, and proves the whole log on the way. Returns
/// the newest entry, shown or not.
pub fn all(core: &mut Core, choice: &Choice, show: Show<'_>) -> Result<LogHead> {
    core.read(|r| from(r, 0, choice, show))
}

/// Shows the newest `count` entries that are chosen, the oldest of them first, without reading what
/// comes before. Returns the newest entry of all, and the number of the first that was read.
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
        Ok((head, if whole { Beginning::OfTheLog } else { Beginning::Later }))
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
pub fn after(core: &mut Core, choice: &Choice, seen: &LogHead, show: Show<'_>) -> Result<LogHead> {
    core.read(|r| r.log_after(seen, &mut |seq, entry| choice.show(Record { seq, entry }, show)))
}

fn from(r: &mut Reader<'_>, first: u64, choice: &Choice, show: Show<'_>) -> Result<LogHead> {
    r.log_from(first, &mut |seq, entry| choice.show(Record { seq, entry }, show))?;
    Ok(r.log_head())
}

/// The newest entry and the head of the chain at it.
pub fn head(core: &mut Core) -> Result<Head> {
    let head = core.read(|r| Ok(r.log_head()))?;
    Ok(Head { seq: head.seq, head })
}

/// Shows every entry, the oldest first, and proves the log on the way; `progress` is told how much of
/// how much is done.
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
            show(Record { seq: at.seq, entry })
        })?;
        Ok(r.log_head())
    })
}

/// Proves the whole log, against this machine's memory of the store and against heads that were
/// written down earlier.
pub fn verify(
    core: &mut Core,
    witnesses: &[LogHead],
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Proof> {
    let anchor = match core.store.anchor_path() {
        None => "off",
        Some(path) if path.exists() => "ok",
        Some(_) => "first",
    };
    core.read(|r| {
        let (start, head) = (r.log_start(), r.log_head());
        witnesses.iter().try_for_each(|seen| reachable(seen, &start, &head))?;
        let rows = head.seq - start.seq;
        r.log_whole(&mut |at, _| {
            progress(at.seq - start.seq, rows);
            witnesses.iter().try_for_each(|seen| agree(seen, &at))
        })?;
        let (first, last, witnesses) = (start.seq + 1, head.seq, witnesses.len() as u64);
        Ok(Proof { first, last, rows, head, anchor, witnesses })
    })
}

/// Whether the log holds what a witness has seen, so that it can be compared.
fn reachable(seen: &LogHead, start: &LogHead, head: &LogHead) -> Result<()> {
    if seen.seq > head.seq {
        return Err(Error::LogCut { last: head.seq, seen: seen.seq });
    }
    if seen.seq < start.seq {
        let why = format!("entries up to {} were pruned: {} is not there", start.seq, seen.seq);
        return Err(Refusal::State(why).into());
    }
    agree(seen, start)
}

fn agree(seen: &LogHead, at: &LogHead) -> Result<()> {
    let parted = seen.seq == at.seq && seen.head != at.head;
    if parted { Err(Error::LogDiffers(seen.seq)) } else { Ok(()) }
}
