//! What follows the store.

use super::judge::Snapshot;
use super::table::{Numbered, Table};
use crate::barrier::{Reader, SeenObjects};
use crate::error::{Error, Result};
use crate::model::audit::LogHead;

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
                table.replace(bucket, numbered)?;
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
