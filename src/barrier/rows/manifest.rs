//! The manifest: keyed sums over all rows, so that absence can be checked too.
//!
//! A bucket holds the rows whose key starts with the same 16 bits; its sum is Σ leaf mod 2^256 of
//! keyed hashes of its rows (the additive multiset hash of Clarke et al., ASIACRYPT 2003; not XOR,
//! under which duplicates cancel). 256 buckets make a manifest row, sealed; the sum of a row is the
//! sum of its buckets and stands in the [`root`](crate::barrier::rows::root).

use zeroize::Zeroizing;

use super::codec::Cursor;
use crate::backend::{Fault, IdxKey, ObjId, Row, Want};
use crate::crypto::seal;
use crate::crypto::{Label, MacKey};
use crate::error::Result;

/// A sum of leaves mod 2^256, little-endian limbs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::barrier) struct Sum([u64; 4]);

impl Sum {
    pub(in crate::barrier) fn from_bytes(bytes: [u8; 32]) -> Self {
        let mut limbs = [0; 4];
        for (limb, chunk) in limbs.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *limb = u64::from_le_bytes(*chunk);
        }
        Self(limbs)
    }

    pub(in crate::barrier) fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (chunk, limb) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(self.0) {
            *chunk = limb.to_le_bytes();
        }
        bytes
    }

    pub(in crate::barrier) fn add(&mut self, other: Self) {
        let mut carry = false;
        for (limb, more) in self.0.iter_mut().zip(other.0) {
            (*limb, carry) = limb.carrying_add(more, carry);
        }
    }

    pub(in crate::barrier) fn subtract(&mut self, other: Self) {
        let mut borrow = false;
        for (limb, less) in self.0.iter_mut().zip(other.0) {
            (*limb, borrow) = limb.borrowing_sub(less, borrow);
        }
    }

    pub(in crate::barrier) fn is_zero(self) -> bool {
        self == Self::default()
    }
}

/// One of the two tables that the manifest covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::barrier) enum Space {
    Objects,
    Index,
}

impl Space {
    /// The table, for messages.
    pub(in crate::barrier) fn table(self) -> &'static str {
        match self {
            Self::Objects => "obj",
            Self::Index => "idx",
        }
    }

    /// What a transaction reads that reads the keys from the first to the last.
    pub(in crate::barrier) fn range(self, (first, last): ([u8; 16], [u8; 16])) -> Want {
        match self {
            Self::Objects => Want::Objects(first, last),
            Self::Index => Want::Index(first, last),
        }
    }

    /// The manifest row of the keys that start with `top`.
    pub(in crate::barrier) fn row(self, top: u8) -> u16 {
        match self {
            Self::Objects => 1 + u16::from(top),
            Self::Index => 257 + u16::from(top),
        }
    }

    /// Which of the two tables the manifest row `b`, 1 to 512, covers, and how its keys start.
    pub(in crate::barrier) fn covered_by(b: u16) -> Option<(Self, u8)> {
        let spaces = [Self::Objects, Self::Index].into_iter();
        let mut tops = spaces.map(|space| (space, b.wrapping_sub(space.row(0))));
        tops.find_map(|(space, top)| Some((space, u8::try_from(top).ok()?)))
    }

    /// The first and the last key that start with `top`.
    pub(in crate::barrier) fn bounds(self, top: u8) -> ([u8; 16], [u8; 16]) {
        let bucket = |next| Bucket { space: self, top, next };
        (bucket(0).bound(0), bucket(u8::MAX).bound(u8::MAX))
    }
}

/// How many sums cover one of the two tables.
pub(in crate::barrier) const BUCKETS: u64 = 1 << 16;

/// A contiguous range of keys with one sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::barrier) struct Bucket {
    pub(in crate::barrier) space: Space,
    /// First byte of the keys: which manifest row.
    pub(in crate::barrier) top: u8,
    /// Second byte: which sum of that row.
    pub(in crate::barrier) next: u8,
}

impl Bucket {
    /// The bucket that `key` belongs to.
    pub(in crate::barrier) fn of(space: Space, key: &[u8; 16]) -> Self {
        let [top, next, ..] = *key;
        Self { space, top, next }
    }

    pub(in crate::barrier) fn row(self) -> u16 {
        self.space.row(self.top)
    }

    /// The first and the last key of it.
    pub(in crate::barrier) fn bounds(self) -> ([u8; 16], [u8; 16]) {
        (self.bound(0), self.bound(u8::MAX))
    }

    fn bound(self, fill: u8) -> [u8; 16] {
        let mut key = [fill; 16];
        let [top, next, ..] = &mut key;
        (*top, *next) = (self.top, self.next);
        key
    }
}

/// Leaf of a row of `obj`: which bytes lie under which id.
pub(in crate::barrier) fn object_leaf(key: &MacKey, id: &ObjId, row: &Row) -> Result<Sum, Fault> {
    let short = || Fault::Damaged("a row of `obj` is too short to be sealed".into());
    let tag = seal::tag_of(&row.sealed).ok_or_else(short)?;
    Ok(leaf(key, Label::LeafO, &[id, &row.kid.to_le_bytes(), &tag]))
}

/// Leaf of a row of `idx`: which entry leads to which id.
pub(in crate::barrier) fn index_leaf(key: &MacKey, h: &IdxKey, id: &ObjId) -> Sum {
    leaf(key, Label::LeafX, &[h, id])
}

fn leaf(key: &MacKey, label: Label, parts: &[&[u8]]) -> Sum {
    Sum::from_bytes(*key.tag(label, parts).bytes())
}

/// The sums of 256 buckets.
#[derive(Clone)]
pub(in crate::barrier) struct SumRow(Box<[Sum; 256]>);

impl SumRow {
    pub(in crate::barrier) fn empty() -> Self {
        Self(Box::new([Sum::default(); 256]))
    }

    pub(in crate::barrier) fn sum(&self, next: u8) -> Sum {
        self.0.get(usize::from(next)).copied().unwrap_or_default()
    }

    pub(in crate::barrier) fn sum_mut(&mut self, next: u8) -> Option<&mut Sum> {
        self.0.get_mut(usize::from(next))
    }

    /// Adds the leaf of the row with that key, which belongs here.
    pub(in crate::barrier) fn add(&mut self, key: &[u8; 16], leaf: Sum) {
        let [_, next, ..] = *key;
        self.sum_mut(next).into_iter().for_each(|sum| sum.add(leaf));
    }

    /// Whether there is no row in any bucket.
    pub(in crate::barrier) fn is_zero(&self) -> bool {
        self.0.iter().all(|sum| sum.is_zero())
    }

    /// The first bucket whose sum is not that of `other`.
    pub(in crate::barrier) fn differs(&self, other: &Self) -> Option<u8> {
        (0..=255).find(|next| self.sum(*next) != other.sum(*next))
    }

    /// The sum of the row: of all its buckets.
    pub(in crate::barrier) fn total(&self) -> Sum {
        let mut total = Sum::default();
        self.0.iter().for_each(|sum| total.add(*sum));
        total
    }

    /// `ver u16 ‖ count u16 ‖ (bucket u8, sum 32)*`, non-zero sums alone, ascending, zero-padded.
    pub(in crate::barrier) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let held: Vec<_> =
            (0u8..=255).zip(self.0.iter()).filter(|(_, sum)| !sum.is_zero()).collect();
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

/// A manifest row in use: its sums, and what a transaction did to their buckets.
pub(in crate::barrier) struct OpenRow {
    pub(in crate::barrier) sums: SumRow,
    /// Whether the table has it.
    pub(in crate::barrier) is_there: bool,
    /// Buckets whose sums were changed, a bit each.
    touched: [u64; 4],
}

impl OpenRow {
    pub(in crate::barrier) fn new(sums: SumRow, is_there: bool) -> Self {
        Self { sums, is_there, touched: [0; 4] }
    }

    /// The sum of a bucket, to be changed.
    pub(in crate::barrier) fn touch(&mut self, next: u8) -> Option<&mut Sum> {
        let word = self.touched.get_mut(usize::from(next >> 6))?;
        *word |= 1 << (next & 63);
        self.sums.sum_mut(next)
    }

    /// The buckets whose sums were changed.
    pub(in crate::barrier) fn touched(&self) -> Vec<u8> {
        let bits = |next: &u8| {
            let word = self.touched.get(usize::from(next >> 6)).copied().unwrap_or_default();
            word >> (next & 63) & 1 == 1
        };
        (0..=255).filter(bits).collect()
    }
}

const VERSION: u16 = 1;

/// Manifest plain texts are padded like frames up to 512 bytes and then to multiples of 512: the
/// number of rows is visible anyway, and a full row stays below 9 KiB.
pub(in crate::barrier) fn padded(len: usize) -> usize {
    match crate::barrier::rows::codec::size_class(len) {
        Some(class) if class <= 512 => class,
        _ => len.next_multiple_of(512),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_do_not_depend_on_order_and_come_back() {
        let a = Sum([u64::MAX, u64::MAX, 3, u64::MAX]);
        let b = Sum([1, 7, u64::MAX, 2]);
        let mut sum = Sum::default();
        sum.add(a);
        sum.add(b);
        let mut other = b;
        other.add(a);
        assert_eq!(sum, other);
        sum.subtract(a);
        assert_eq!(sum, b);
        sum.subtract(b);
        assert!(sum.is_zero());
        assert_eq!(Sum::from_bytes(a.to_bytes()), a);
    }

    #[test]
    fn a_duplicate_does_not_cancel() {
        let leaf = Sum([5, 6, 7, 8]);
        let mut sum = leaf;
        sum.add(leaf);
        assert!(!sum.is_zero());
    }

    #[test]
    fn a_row_comes_back_and_says_its_total() {
        let mut row = SumRow::empty();
        *row.sum_mut(0).unwrap() = Sum([1, 0, 0, 0]);
        *row.sum_mut(255).unwrap() = Sum([2, 0, 0, 9]);
        let again = SumRow::decode(&row.encode()).unwrap();
        assert_eq!(again.total(), Sum([3, 0, 0, 9]));
        assert_eq!(again.sum(255), Sum([2, 0, 0, 9]));
        assert_eq!(again.sum(7), Sum::default());
    }

    #[test]
    fn a_manifest_row_covers_a_part_of_one_table() {
        assert_eq!([0, 513].map(Space::covered_by), [None, None]);
        for (space, b) in [(Space::Objects, 1), (Space::Index, 257)] {
            for top in [0, 1, 255] {
                assert_eq!(Space::covered_by(b + u16::from(top)), Some((space, top)));
                assert_eq!(space.row(top), b + u16::from(top));
            }
        }
    }

    #[test]
    fn a_row_knows_which_of_its_buckets_were_touched() {
        let mut row = OpenRow::new(SumRow::empty(), false);
        assert!(row.touched().is_empty());
        for next in [255, 0, 63, 64, 0] {
            row.touch(next).unwrap().add(Sum([1; 4]));
        }
        assert_eq!(row.touched(), [0, 63, 64, 255]);
        assert_eq!(row.sums.sum(0), Sum([2; 4]));
    }

    #[test]
    fn a_full_row_stays_small() {
        let mut row = SumRow::empty();
        (0..=255).for_each(|next| *row.sum_mut(next).unwrap() = Sum([1; 4]));
        assert_eq!(row.encode().len(), 8704);
    }
}
