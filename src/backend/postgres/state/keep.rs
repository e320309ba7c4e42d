//! Keeping what was read, so that it need not be read again.

use super::{Found, State};
use crate::backend::postgres::kinds::{CHUNK, Heads, Index, Kind, Log, Manifest, Objects};
use crate::backend::postgres::pieces::{self, Piece};
use crate::backend::postgres::table::Table;
use crate::backend::postgres::uses::LastUses;
use crate::backend::{Fault, IdxKey, ObjId};

/// Rows of this many bytes are kept of what was read.
const MOST_READ: usize = 64 << 20;

impl State<'_> {
    /// Keeps what was read.
    pub(super) fn keep(
        &mut self,
        piece: Piece,
        answer: &[tokio_postgres::Row],
    ) -> Result<(), Fault> {
        match piece {
            Piece::Root(_) => {
                let rows = pieces::rows::<Manifest>(answer)?;
                let root = rows.first().map(|(_, row)| row.clone());
                // Read over another connection.
                if let Some(Found(before)) = &self.root
                    && *before != root
                {
                    return Err(Fault::Conflict);
                }
                self.root = Some(Found(root));
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
            Piece::Uses(first, last) => {
                self.count::<LastUses>(answer);
                keep_range(&mut self.uses, first, last, answer)?;
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
            Piece::LogEnd => self.keep_log_end(answer)?,
        }
        Ok(())
    }

    fn keep_log_end(&mut self, answer: &[tokio_postgres::Row]) -> Result<(), Fault> {
        let rows = pieces::rows::<Log>(answer)?;
        let first = rows.first().map_or(0, |(seq, _)| *seq);
        self.log.keep(first, u64::MAX, rows);
        Ok(())
    }

    /// Whether what an index entry names has to be read: it is not here, or nobody knows what it is.
    pub(in crate::backend::postgres) fn lacks_named(&self, h: IdxKey) -> bool {
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
            self.uses.forget();
            self.read = size;
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
