//! The manifest: keyed sums over all rows, so that absence can be checked too.
//!
//! A bucket holds the rows whose key starts with the same 16 bits; its sum is Σ leaf mod 2^256 of
//! keyed hashes of its rows (the additive multiset hash of Clarke et al., ASIACRYPT 2003; not XOR,
//! under which duplicates cancel). 256 buckets make a manifest row, sealed; the sum of a row is the
//! sum of its buckets and stands in the [`root`](crate::barrier::rows::root).

mod bucket;
mod sum;
mod sum_row;

pub(in crate::barrier) use bucket::{BUCKETS, Bucket, Space};
pub(in crate::barrier) use sum::{Sum, index_leaf, object_leaf};
pub(in crate::barrier) use sum_row::{OpenRow, SumRow, padded};
