//! Rows that were verified once, and need not be read again while their sums are the same.
//!
//! The sum of a bucket, which the root vouches for by way of its manifest row, identifies the rows
//! of the bucket. So a row is returned from memory only if the newest root says, by its own sums,
//! that it is still there: nothing here has to be invalidated.

use std::collections::HashMap;

use crate::backend::{IdxKey, ObjId, Row};
use crate::barrier::rows::manifest::{Bucket, Sum, SumRow};
use crate::model::id::RecordId;

/// What a row costs apart from its bytes, about.
const UPKEEP: usize = 96;

/// Verified rows and sums, up to a number of bytes.
pub(in crate::barrier) struct Remembered {
    limit: usize,
    bytes: usize,
    sums: HashMap<u16, (Sum, SumRow)>,
    objects: HashMap<Bucket, (Sum, Vec<(ObjId, Row)>)>,
    entries: HashMap<Bucket, (Sum, Vec<(IdxKey, RecordId)>)>,
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

    /// The object rows of a bucket, if they add up to `sum`.
    pub(super) fn objects(&self, bucket: Bucket, sum: Sum) -> Option<&[(ObjId, Row)]> {
        let (known, rows) = self.objects.get(&bucket)?;
        (*known == sum).then_some(rows)
    }

    /// Remembers the object rows of a bucket, which were compared with its sum.
    pub(super) fn keep_objects(&mut self, bucket: Bucket, sum: Sum, rows: Vec<(ObjId, Row)>) {
        let bytes = rows.iter().map(|(_, row)| row.sealed.len() + UPKEEP).sum();
        self.grow(bytes);
        self.objects.insert(bucket, (sum, rows));
    }

    /// The index entries of a bucket, if they add up to `sum`.
    pub(super) fn entries(&self, bucket: Bucket, sum: Sum) -> Option<&[(IdxKey, RecordId)]> {
        let (known, rows) = self.entries.get(&bucket)?;
        (*known == sum).then_some(rows)
    }

    /// Remembers the index entries of a bucket, which were compared with its sum.
    pub(super) fn keep_entries(&mut self, bucket: Bucket, sum: Sum, rows: Vec<(IdxKey, RecordId)>) {
        self.grow(rows.len() * UPKEEP);
        self.entries.insert(bucket, (sum, rows));
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
    use crate::barrier::rows::manifest::Space;

    fn bucket(next: u8) -> Bucket {
        Bucket {
            space: Space::Objects,
            top: 1,
            next,
        }
    }

    fn sum(first: u8) -> Sum {
        let mut bytes = [0; 32];
        bytes[0] = first;
        Sum::from_bytes(bytes)
    }

    fn rows(length: usize) -> Vec<(ObjId, Row)> {
        let row = Row {
            kid: 1,
            sealed: vec![0; length],
        };
        vec![([1; 16], row)]
    }

    #[test]
    fn rows_are_returned_only_for_the_sum_that_they_were_verified_with() {
        let mut memory = Remembered::new(1 << 20);
        memory.keep_objects(bucket(1), sum(7), rows(10));
        assert!(memory.objects(bucket(1), sum(7)).is_some());
        assert!(memory.objects(bucket(1), sum(8)).is_none());
        assert!(memory.objects(bucket(2), sum(7)).is_none());
        memory.keep_entries(bucket(1), sum(7), Vec::new());
        assert!(memory.entries(bucket(1), sum(7)).is_some());
        assert!(memory.entries(bucket(1), sum(8)).is_none());
        memory.keep_sums(5, sum(1), &SumRow::empty());
        assert!(memory.sums(5, sum(1)).is_some());
        assert!(memory.sums(5, sum(2)).is_none());
        assert!(memory.sums(6, sum(1)).is_none());
    }

    #[test]
    fn it_does_not_outgrow_its_limit() {
        let mut memory = Remembered::new(10_000);
        for next in 0..=255 {
            memory.keep_objects(bucket(next), sum(7), rows(1_000));
            assert!(memory.bytes <= 10_000);
            assert!(memory.objects(bucket(next), sum(7)).is_some(), "the newest");
        }
        assert!(memory.objects(bucket(0), sum(7)).is_none());
    }
}
