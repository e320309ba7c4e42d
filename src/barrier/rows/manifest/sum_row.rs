//! The rows of the manifest: the sums of 256 buckets each.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::sum::Sum;
use crate::backend::Fault;
use crate::barrier::rows::codec::{Cursor, size_class};
use crate::error::Result;

/// The sums of 256 buckets. Shared by copies until they change.
#[derive(Clone)]
pub(in crate::barrier) struct SumRow(Arc<[Sum; 256]>);

impl SumRow {
    pub(in crate::barrier) fn empty() -> Self {
        Self(Arc::new([Sum::default(); 256]))
    }

    pub(in crate::barrier) fn sum(&self, next: u8) -> Sum {
        self.0.get(usize::from(next)).copied().unwrap_or_default()
    }

    pub(in crate::barrier) fn sum_mut(&mut self, next: u8) -> Option<&mut Sum> {
        Arc::make_mut(&mut self.0).get_mut(usize::from(next))
    }

    /// Adds the leaf of the row with that key, which must be in a bucket of this row.
    pub(in crate::barrier) fn add(&mut self, key: &[u8; 16], leaf: Sum) {
        let [_, next, ..] = *key;
        self.sum_mut(next).into_iter().for_each(|sum| sum.add(leaf));
    }

    /// Whether every bucket is empty.
    pub(in crate::barrier) fn is_zero(&self) -> bool {
        self.0.iter().all(|sum| sum.is_zero())
    }

    /// The first bucket whose sum differs from that of `other`.
    pub(in crate::barrier) fn differs(&self, other: &Self) -> Option<u8> {
        (0..=255).find(|next| self.sum(*next) != other.sum(*next))
    }

    /// The sum of all buckets.
    pub(in crate::barrier) fn total(&self) -> Sum {
        let mut total = Sum::default();
        self.0.iter().for_each(|sum| total.add(*sum));
        total
    }

    /// `ver u16 ‖ count u16 ‖ (bucket u8, sum 32)*`: non-zero sums only, ascending, zero-padded.
    pub(in crate::barrier) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let held: Vec<_> = (0u8..=255)
            .zip(self.0.iter())
            .filter(|(_, sum)| !sum.is_zero())
            .collect();
        let mut plain = Zeroizing::new(Vec::with_capacity(padded(4 + held.len() * 33)));
        plain.extend_from_slice(&VERSION.to_le_bytes());
        plain.extend_from_slice(&u16::try_from(held.len()).unwrap_or(u16::MAX).to_le_bytes());
        for (next, sum) in held {
            plain.push(next);
            plain.extend_from_slice(&sum.to_bytes());
        }
        let size = padded(plain.len());
        plain.resize(size, 0);
        plain
    }

    pub(in crate::barrier) fn decode(plain: &[u8]) -> Result<Self> {
        let mut cursor = Cursor::new(plain, "a manifest row");
        if cursor.u16()? != VERSION {
            return Err(Fault::NewerFormat("manifest version".into()).into());
        }
        let mut row = Self::empty();
        for _ in 0..cursor.u16()? {
            let next = cursor.u8()?;
            let sum = Sum::from_bytes(cursor.array()?);
            if let Some(place) = row.sum_mut(next) {
                *place = sum;
            }
        }
        cursor.only_padding_left()?;
        Ok(row)
    }
}

/// A manifest row in use: its sums, and which of them a transaction changed.
pub(in crate::barrier) struct OpenRow {
    pub(in crate::barrier) sums: SumRow,
    /// Whether the row is in the table.
    pub(in crate::barrier) is_there: bool,
    /// One bit for each bucket whose sum was changed.
    touched: [u64; 4],
}

impl OpenRow {
    pub(in crate::barrier) fn new(sums: SumRow, is_there: bool) -> Self {
        Self {
            sums,
            is_there,
            touched: [0; 4],
        }
    }

    /// The sum of a bucket, which is marked as changed.
    pub(in crate::barrier) fn touch(&mut self, next: u8) -> Option<&mut Sum> {
        let word = self.touched.get_mut(usize::from(next >> 6))?;
        *word |= 1 << (next & 63);
        self.sums.sum_mut(next)
    }

    /// The buckets whose sums were changed.
    pub(in crate::barrier) fn touched(&self) -> Vec<u8> {
        let bits = |next: &u8| {
            let word = self
                .touched
                .get(usize::from(next >> 6))
                .copied()
                .unwrap_or_default();
            word >> (next & 63) & 1 == 1
        };
        (0..=255).filter(bits).collect()
    }
}

const VERSION: u16 = 1;

/// The padded length of a manifest plain text: like a frame up to 512 bytes, then a multiple of
/// 512. The number of rows is visible anyway, and a full row stays below 9 KiB.
pub(in crate::barrier) fn padded(len: usize) -> usize {
    let multiple = len.next_multiple_of(512);
    size_class(len).map_or(multiple, |class| class.min(multiple))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(limbs: [u64; 4]) -> Sum {
        let mut bytes = [0; 32];
        for (chunk, limb) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(limbs) {
            *chunk = limb.to_le_bytes();
        }
        Sum::from_bytes(bytes)
    }

    #[test]
    fn a_row_comes_back_and_says_its_total() {
        let mut row = SumRow::empty();
        *row.sum_mut(0).unwrap() = sum([1, 0, 0, 0]);
        *row.sum_mut(255).unwrap() = sum([2, 0, 0, 9]);
        let again = SumRow::decode(&row.encode()).unwrap();
        assert_eq!(again.total(), sum([3, 0, 0, 9]));
        assert_eq!(again.sum(255), sum([2, 0, 0, 9]));
        assert_eq!(again.sum(7), Sum::default());
    }

    #[test]
    fn rows_differ_in_the_first_bucket_that_does() {
        let mut one = SumRow::empty();
        assert!(one.is_zero());
        assert_eq!(one.differs(&SumRow::empty()), None);
        *one.sum_mut(200).unwrap() = sum([0, 0, 0, 1]);
        assert!(!one.is_zero());
        let mut other = one.clone();
        *other.sum_mut(7).unwrap() = sum([1, 0, 0, 0]);
        assert_eq!(one.differs(&other), Some(7));
        assert_eq!(one.differs(&SumRow::empty()), Some(200));
        assert_eq!(one.differs(&one), None);
    }

    #[test]
    fn the_padding_of_a_row_carries_nothing() {
        let mut plain = SumRow::empty().encode();
        assert!(SumRow::decode(&plain).is_ok());
        *plain.last_mut().unwrap() = 1;
        let error = SumRow::decode(&plain).err().unwrap().to_string();
        assert!(error.contains("trailing bytes"), "{error}");
    }

    #[test]
    fn a_row_is_written_in_one_piece_of_a_padded_length() {
        let padded = [1, 128, 129, 512, 513, 1024, 1025].map(padded);
        assert_eq!(padded, [128, 128, 192, 512, 1024, 1024, 1536]);
        let mut row = SumRow::empty();
        for next in 0..=255 {
            *row.sum_mut(next).unwrap() = sum([1; 4]);
            let plain = row.encode();
            assert_eq!(plain.capacity(), plain.len(), "no copy was left behind");
        }
    }

    #[test]
    fn a_row_knows_which_of_its_buckets_were_touched() {
        let mut row = OpenRow::new(SumRow::empty(), false);
        assert!(row.touched().is_empty());
        for next in [255, 0, 63, 64, 0] {
            row.touch(next).unwrap().add(sum([1; 4]));
        }
        assert_eq!(row.touched(), [0, 63, 64, 255]);
        assert_eq!(row.sums.sum(0), sum([2; 4]));
    }

    #[test]
    fn a_full_row_stays_small() {
        let mut row = SumRow::empty();
        (0..=255).for_each(|next| *row.sum_mut(next).unwrap() = sum([1; 4]));
        assert_eq!(row.encode().len(), 8704);
    }
}
