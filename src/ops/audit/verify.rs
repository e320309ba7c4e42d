//! The log is proved.

use serde::Serialize;

use crate::core::Core;
use crate::error::{Error, History, Refusal, Result};
use crate::model::audit::LogHead;

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

/// Proves the whole log, against this machine's memory of the store and against heads that were
/// written down earlier.
///
/// # Errors
///
/// The log is damaged; it ends before what a witness has seen, or differs from it; or the entries
/// that a witness has seen were pruned.
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
        let start = r.log_start();
        let head = r.log_head();
        witnesses
            .iter()
            .try_for_each(|seen| reachable(seen, &start, &head))?;
        let rows = head.seq - start.seq;
        r.log_whole(&mut |at, _| {
            progress(at.seq - start.seq, rows);
            witnesses.iter().try_for_each(|seen| agree(seen, &at))
        })?;
        let first = start.seq + 1;
        let last = head.seq;
        let witnesses = witnesses.len() as u64;
        Ok(Proof {
            first,
            last,
            rows,
            head,
            anchor,
            witnesses,
        })
    })
}

/// Whether the log holds what a witness has seen, so that it can be compared.
fn reachable(seen: &LogHead, start: &LogHead, head: &LogHead) -> Result<()> {
    if seen.seq > head.seq {
        return Err(Error::History(History::LogCut {
            last: head.seq,
            seen: seen.seq,
        }));
    }
    if seen.seq < start.seq {
        let why = format!(
            "entries up to {} were pruned: entry {} is not available",
            start.seq, seen.seq
        );
        return Err(Refusal::State(why).into());
    }
    agree(seen, start)
}

fn agree(seen: &LogHead, at: &LogHead) -> Result<()> {
    let parted = seen.seq == at.seq && seen.head != at.head;
    if parted {
        Err(Error::History(History::LogDiffers(seen.seq)))
    } else {
        Ok(())
    }
}
