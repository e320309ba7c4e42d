//! Scanning all records, one manifest row at a time.

use super::snapshot::Reader;
use crate::barrier::rows::frame;
use crate::barrier::rows::record::{self, Record};
use crate::error::{Error, Result};
use crate::model::id::RecordId;

impl Reader<'_> {
    /// Returns the records of one kind whose id starts with `part`: a 256th of the store, verified.
    /// The caller can read other records between two parts.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] if one of the buckets is damaged.
    pub fn part<R: Record>(&mut self, part: u8) -> Result<Vec<(RecordId, R)>> {
        self.uses.scan(part);
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

    /// Visits every object, opened, one manifest row at a time.
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
