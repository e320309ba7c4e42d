//! The manifest: keyed sums over all rows, so that absence can be verified too.
//!
//! A bucket is the rows whose key starts with the same 16 bits. Its sum is Σ leaf mod 2^256, where
//! a leaf is a keyed hash of a row (the additive multiset hash of Clarke et al., ASIACRYPT 2003;
//! not XOR, under which duplicates cancel). The sums of 256 buckets form one sealed manifest row;
//! the total of a row is the sum of its buckets and is kept in the
//! [`root`](crate::barrier::rows::root).

mod bucket;
mod sum;
mod sum_row;

pub(in crate::barrier) use bucket::{BUCKETS, Bucket, Space};
pub(in crate::barrier) use sum::{Sum, index_leaf, object_leaf};
pub(in crate::barrier) use sum_row::{OpenRow, SumRow, padded};
