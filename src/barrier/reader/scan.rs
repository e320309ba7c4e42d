//! Going through all records, a manifest row's worth at a time.

use super::snapshot::Reader;
use crate::barrier::rows::frame;
use crate::barrier::rows::record::{self, Record};
use crate::error::{Error, Result};
use crate::model::id::RecordId;

impl Reader<'_> {
    /// Every record of one kind, in no order that means anything. Rows are shown only when their
    /// bucket has been found whole; damage ends it.
    ///
    /// # Errors
    ///
    /// Those of `visit`, and [`Error::Integrity`] at the first bucket that is damaged.
    pub fn scan<R: Record>(
        &mut self,
        visit: &mut dyn FnMut(RecordId, R) -> Result<()>,
    ) -> Result<()> {
        self.scan_frames(&mut |id, frame| {
            let (kind, body) = frame::unwrap(frame)?;
            if kind == R::KIND {
                visit(id, record::decode(body)?)?;
            }
            Ok(())
        })
    }

    /// The records of one kind whose id starts with `part`: a 256th of the store, found whole. Unlike
    /// in a [`Self::scan`], others can be read in between.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] if a bucket of the part is damaged.
    pub fn part<R: Record>(&mut self, part: u8) -> Result<Vec<(RecordId, R)>> {
        let mut records = Vec::new();
        self.part_frames(part, &mut |id, frame| {
            let (kind, body) = frame::unwrap(frame)?;
            if kind == R::KIND {
                records.push((id, record::decode(body)?));
            }
            Ok(())
        })?;
        Ok(records)
    }

    /// Every object, opened, a manifest row's worth at a time.
    pub(in crate::barrier) fn scan_frames(
        &mut self,
        visit: &mut dyn FnMut(RecordId, &[u8]) -> Result<()>,
    ) -> Result<()> {
        (0..=255).try_for_each(|top| self.part_frames(top, visit))
    }

    fn part_frames(
        &mut self,
        top: u8,
        visit: &mut dyn FnMut(RecordId, &[u8]) -> Result<()>,
    ) -> Result<()> {
        if !self.staged.is_empty() {
            return Err(Error::Bug(
                "a scan would not see what this transaction has changed",
            ));
        }
        let rows = self.objects_of(top)?;
        for (id, row) in &rows {
            let id = RecordId::from_bytes(*id);
            let frame = self.open_object(id, row)?;
            visit(id, &frame)?;
        }
        Ok(())
    }
}
