//! What follows the store.

use std::ops::RangeInclusive;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::decoded::Decoded;
use super::judge::Snapshot;
use super::table::{Numbered, Table};
use crate::barrier::{Reader, SeenObjects};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::model::audit::LogHead;

/// How many buckets may wait until they are placed. It bounds what is in memory twice.
const QUEUE: usize = 256;

/// The newest records of a store that verdicts depend on, and how they are brought up to date.
pub struct Memory {
    seen: SeenObjects,
    table: Table,
    numbered: Numbered,
    limit: usize,
    /// The newest audit row when all of it was read last.
    read_at: Option<LogHead>,
}

impl Memory {
    /// An empty memory for a store of at most `limit` tokens, tombstones included.
    pub fn new(limit: usize) -> Self {
        Self {
            seen: SeenObjects::default(),
            table: Table::empty(),
            numbered: Numbered::default(),
            limit,
            read_at: None,
        }
    }

    /// Reads all of a store on several connections at once, each in a thread of its own. Returns whether
    /// there are at most as many tokens as the limit.
    ///
    /// Each connection may show another state. Call [`refresh`](Self::refresh) afterwards: it reads
    /// again what is not as its reader shows it.
    ///
    /// # Errors
    ///
    /// Those of every read. A later [`refresh`](Self::refresh) reads what is missing.
    pub fn fill(&mut self, connections: &mut [Core]) -> Result<bool> {
        let shares = shares(connections.len());
        let (sender, decoded) = sync_channel(QUEUE);
        thread::scope(|scope| {
            let readers: Vec<_> = shares
                .zip(connections)
                .map(|(tops, core)| {
                    let sender = sender.clone();
                    scope.spawn(move || read_share(core, tops, &sender))
                })
                .collect();
            drop(sender);
            let fits = self.place(decoded);
            for reader in readers {
                let read = reader.join();
                let read = read.map_err(|_| Error::Bug("a thread that read was aborted"))?;
                match read {
                    // Nobody took what it had read: there is too much, or it could not be placed.
                    Err(Error::Stopped) => (),
                    seen => self.seen.join(seen?),
                }
            }
            fits
        })
    }

    /// Places what is read, unless there is too much.
    fn place(&mut self, decoded: Receiver<Decoded>) -> Result<bool> {
        for bucket in decoded {
            self.table.replace(bucket, &mut self.numbered)?;
            if self.table.tokens > self.limit {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Reads what changed since the last call, all of it at the first, and returns the records as
    /// they are in the snapshot of `r`; `None` if there are more tokens than the limit. After an
    /// error, call it again: it goes on where it was.
    ///
    /// Nothing is read if the audit log has not grown: the only records that are changed without an
    /// audit row are uses of tokens and budgets, and no verdict depends on them.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] at the first damaged bucket.
    pub fn refresh(&mut self, r: &mut Reader<'_>) -> Result<Option<Snapshot>> {
        let head = r.log_head();
        if self.read_at != Some(head) {
            // An error leaves the table between two states, and a restored store may be at the first.
            self.read_at = None;
            let Self {
                seen,
                table,
                numbered,
                limit,
                ..
            } = self;
            let read = r.changed_objects(0..=u8::MAX, seen, &mut |bucket| {
                table.replace(Decoded::of(bucket)?, numbered)?;
                if table.tokens > *limit {
                    return Err(Error::Stopped);
                }
                Ok(())
            });
            match read {
                Err(Error::Stopped) => return Ok(None),
                read => read?,
            }
            self.read_at = Some(head);
        }
        Ok(Some(Snapshot::new(self.table.clone(), r)))
    }
}

/// All first bytes of ids, in so many parts, or fewer.
fn shares(count: usize) -> impl Iterator<Item = RangeInclusive<u8>> {
    let most = usize::from(u8::MAX) + 1;
    let count = count.clamp(1, most);
    let first = move |share: usize| share * most / count;
    let byte = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
    (0..count).map(move |share| byte(first(share))..=byte(first(share + 1) - 1))
}

/// Reads the buckets whose ids start with these bytes.
fn read_share(
    core: &mut Core,
    tops: RangeInclusive<u8>,
    sender: &SyncSender<Decoded>,
) -> Result<SeenObjects> {
    let mut seen = SeenObjects::default();
    core.read(|r| {
        r.changed_objects(tops, &mut seen, &mut |bucket| {
            let sent = sender.send(Decoded::of(bucket)?);
            sent.map_err(|_| Error::Stopped)
        })
    })?;
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_all_bytes_once() {
        for count in [0, 1, 2, 3, 7, 255, 256, 1000] {
            let all: Vec<u8> = shares(count).flatten().collect();
            assert_eq!(all, (0..=u8::MAX).collect::<Vec<_>>(), "{count}");
            assert_eq!(shares(count).count(), count.clamp(1, 256));
        }
    }
}
