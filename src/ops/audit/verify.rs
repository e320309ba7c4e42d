//! Verifies the audit log.

use serde::Serialize;

use crate::core::Core;
use crate::error::{Error, History, Refusal, Result};
use crate::model::audit::LogHead;

/// The result of verifying the log.
#[derive(Debug, Clone, Serialize)]
pub struct Proof {
    /// The number of the first retained entry.
    pub first: u64,
    /// The number of the newest entry.
    pub last: u64,
    /// The number of entries.
    pub rows: u64,
    /// The chain's head at the newest entry.
    pub head: LogHead,
    /// Whether this machine's anchor agrees with it: `ok`, `first` or `off`.
    pub anchor: &'static str,
    /// The number of witnessed heads that were found in it.
    pub witnesses: u64,
}

/// Verifies the whole log, against this machine's anchor and against heads that were recorded
/// earlier.
///
/// # Errors
///
/// The log is damaged; it ends before a witnessed head or differs from it; or the entries up to a
/// witnessed head were pruned.
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

/// Checks that the log contains a witnessed entry, so that the heads can be compared.
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
