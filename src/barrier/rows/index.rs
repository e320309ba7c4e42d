//! Keyed index entries: look-up without a readable column.

use crate::backend::IdxKey;
use crate::barrier::store_id::StoreId;
use crate::crypto::{Label, MacKey};

/// Computes the keys of index entries, which reveal nothing without the store's index key.
pub(in crate::barrier) struct Indexer<'a> {
    pub(in crate::barrier) key: &'a MacKey,
    pub(in crate::barrier) store: &'a StoreId,
}

impl Indexer<'_> {
    /// `HMAC(K_index, label ‖ store_id ‖ name-space ‖ values)[0..16]`, for up to three values.
    pub(in crate::barrier) fn entry(&self, space: u8, values: &[&[u8]]) -> IdxKey {
        let mut parts: [&[u8]; 5] = [self.store, &[space], &[], &[], &[]];
        for (place, value) in parts.iter_mut().skip(2).zip(values) {
            *place = value;
        }
        let used = parts.get(..2 + values.len()).unwrap_or(&parts);
        let mut h = [0; 16];
        h.copy_from_slice(self.key.tag(Label::Idx, used).bytes().split_at(16).0);
        h
    }
}
