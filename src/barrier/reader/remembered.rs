//! Rows that were verified once, and need not be read again while their sums are the same.
//!
//! The sum of a bucket, which the root vouches for by way of its manifest row, identifies the rows
//! of the bucket. So a row is returned from memory, or said to be missing, only if the newest root says,
//! by its own sums, that its bucket is still the same: nothing here has to be invalidated.
//!
//! Only rows that were asked for are kept, not the others of their buckets: a large store has many.

use std::collections::HashMap;

use crate::backend::{IdxKey, ObjId, Row};
use crate::barrier::rows::manifest::{Sum, SumRow};
use crate::model::id::RecordId;

/// What a row costs apart from its bytes, about.
const UPKEEP: usize = 96;

/// Verified rows and sums, up to a number of bytes.
pub(in crate::barrier) struct Remembered {
    limit: usize,
    bytes: usize,
    sums: HashMap<u16, (Sum, SumRow)>,
    objects: HashMap<ObjId, (Sum, Option<Row>)>,
    entries: HashMap<IdxKey, (Sum, Option<RecordId>)>,
}

impl Remembered {
    /// Nothing yet, and never more than `limit` bytes.
    pub(in crate::barrier) fn new(limit: usize) -> Self {
        Self {
            limit,
            bytes: 0,
            sums: HashMap::new(),
            objects: HashMap::new(),
            entries: HashMap::new(),
        }
    }

    /// The manifest row with this number, if its total is `total`.
    pub(super) fn sums(&self, b: u16, total: Sum) -> Option<&SumRow> {
        let (known, sums) = self.sums.get(&b)?;
        (*known == total).then_some(sums)
    }

    /// Remembers a manifest row that was compared with the root.
    pub(super) fn keep_sums(&mut self, b: u16, total: Sum, sums: &SumRow) {
        self.grow(size_of::<[Sum; 256]>());
        self.sums.insert(b, (total, sums.clone()));
    }

    /// The row of an object, or that there is none, if that is known of the bucket with this sum.
    pub(super) fn object(&self, id: &ObjId, sum: Sum) -> Option<&Option<Row>> {
        let (known, row) = self.objects.get(id)?;
        (*known == sum).then_some(row)
    }

    /// Remembers the row of an object, whose bucket was compared with its sum.
    pub(super) fn keep_object(&mut self, id: ObjId, sum: Sum, row: Option<Row>) {
        let bytes = row.as_ref().map_or(0, |row| row.sealed.len());
        self.grow(bytes + UPKEEP);
        self.objects.insert(id, (sum, row));
    }

    /// The record that an index entry names, or that there is none, if that is known of the bucket with
    /// this sum.
    pub(super) fn entry(&self, h: &IdxKey, sum: Sum) -> Option<&Option<RecordId>> {
        let (known, id) = self.entries.get(h)?;
        (*known == sum).then_some(id)
    }

    /// Remembers the record that an index entry names, whose bucket was compared with its sum.
    pub(super) fn keep_entry(&mut self, h: IdxKey, sum: Sum, id: Option<RecordId>) {
        self.grow(UPKEEP);
        self.entries.insert(h, (sum, id));
    }

    /// Makes room. What is asked about again and again is soon there again.
    fn grow(&mut self, bytes: usize) {
        if self.bytes.saturating_add(bytes) > self.limit {
            *self = Self::new(self.limit);
        }
        self.bytes = self.bytes.saturating_add(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(first: u8) -> Sum {
        let mut bytes = [0; 32];
        bytes[0] = first;
        Sum::from_bytes(bytes)
    }

    fn row(length: usize) -> Row {
        Row {
            kid: 1,
            sealed: vec![0; length],
        }
    }

    #[test]
    fn rows_are_returned_only_for_the_sum_that_they_were_verified_with() {
        let mut memory = Remembered::new(1 << 20);
        memory.keep_object([1; 16], sum(7), Some(row(10)));
        assert_eq!(memory.object(&[1; 16], sum(7)), Some(&Some(row(10))));
        assert_eq!(memory.object(&[1; 16], sum(8)), None);
        assert_eq!(memory.object(&[2; 16], sum(7)), None);
        memory.keep_object([1; 16], sum(8), None);
        assert_eq!(memory.object(&[1; 16], sum(8)), Some(&None));
        assert_eq!(memory.object(&[1; 16], sum(7)), None);
        memory.keep_entry([1; 16], sum(7), None);
        assert_eq!(memory.entry(&[1; 16], sum(7)), Some(&None));
        assert_eq!(memory.entry(&[1; 16], sum(8)), None);
        let id = RecordId::from_bytes([3; 16]);
        memory.keep_entry([1; 16], sum(8), Some(id));
        assert_eq!(memory.entry(&[1; 16], sum(8)), Some(&Some(id)));
        memory.keep_sums(5, sum(1), &SumRow::empty());
        assert!(memory.sums(5, sum(1)).is_some());
        assert!(memory.sums(5, sum(2)).is_none());
        assert!(memory.sums(6, sum(1)).is_none());
    }

    #[test]
    fn it_does_not_outgrow_its_limit() {
        let mut memory = Remembered::new(10_000);
        for n in 0..=255 {
            memory.keep_object([n; 16], sum(7), Some(row(1_000)));
            assert!(memory.bytes <= 10_000);
            assert!(memory.object(&[n; 16], sum(7)).is_some(), "the newest");
        }
        assert!(memory.object(&[0; 16], sum(7)).is_none());
        for n in 0..=255 {
            memory.keep_entry([n; 16], sum(7), None);
            assert!(memory.bytes <= 10_000);
        }
        assert!(memory.entry(&[0; 16], sum(7)).is_none());
    }
    #[test]
    fn what_fits_exactly_is_kept() {
        let cost = 1_000 + UPKEEP;
        let mut memory = Remembered::new(2 * cost);
        for n in 0..2 {
            memory.keep_object([n; 16], sum(7), Some(row(1_000)));
        }
        assert!((0..2).all(|n| memory.object(&[n; 16], sum(7)).is_some()));
        memory.keep_object([2; 16], sum(7), None);
        assert!((0..2).all(|n| memory.object(&[n; 16], sum(7)).is_none()));
        let each = size_of::<[Sum; 256]>();
        let mut memory = Remembered::new(2 * each);
        for b in 0..3 {
            memory.keep_sums(b, sum(1), &SumRow::empty());
        }
        assert!(memory.sums(0, sum(1)).is_none() && memory.sums(2, sum(1)).is_some());
    }
}
