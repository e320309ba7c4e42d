//! Sums of keyed hashes.

use crate::backend::{Fault, IdxKey, ObjId, Row};
use crate::crypto::{Label, MacKey, seal};

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

/// The leaf of a row of `obj`: binds its bytes to its id.
pub(in crate::barrier) fn object_leaf(key: &MacKey, id: &ObjId, row: &Row) -> Result<Sum, Fault> {
    let short = || Fault::Damaged("a row of `obj` is too short to be sealed".into());
    let tag = seal::tag_of(&row.sealed).ok_or_else(short)?;
    Ok(leaf(key, Label::LeafO, &[id, &row.kid.to_le_bytes(), &tag]))
}

/// The leaf of a row of `idx`: binds an entry to the id it refers to.
pub(in crate::barrier) fn index_leaf(key: &MacKey, h: &IdxKey, id: &ObjId) -> Sum {
    leaf(key, Label::LeafX, &[h, id])
}

fn leaf(key: &MacKey, label: Label, parts: &[&[u8]]) -> Sum {
    Sum::from_bytes(*key.tag(label, parts).bytes())
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
}
