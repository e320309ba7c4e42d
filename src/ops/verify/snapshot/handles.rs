//! In which bucket a token is, by what it presents.

use super::grid::Grid;
use crate::model::token::TokenRecord;
use crate::ops::records::token::TokenProof;

/// What a token is found by: the number of its public id, or the start of an import's digest. Two
/// tokens may have the same one; the token itself says which is meant.
pub(super) type Handle = u64;

/// The handle of a token that is presented.
pub(super) fn presented(proof: TokenProof<'_>) -> Handle {
    match proof {
        TokenProof::Own(token) => token.id().number(),
        TokenProof::Import(digest) => start(&digest.0),
    }
}

/// The handle of a token of the store.
pub(super) fn stored(record: &TokenRecord) -> Handle {
    match &record.imported {
        Some(digest) => start(digest),
        None => record.public.number(),
    }
}

fn start(digest: &[u8; 32]) -> Handle {
    digest.first_chunk().copied().map_or(0, u64::from_be_bytes)
}

/// The buckets of all handles, in cells by the start of the handle, each sorted. Ten bytes a token.
#[derive(Clone)]
pub(super) struct Handles(Grid<Vec<[u8; 10]>>);

impl Handles {
    pub(super) fn empty() -> Self {
        Self(Grid::empty())
    }

    /// The buckets that may have the token.
    pub(super) fn find(&self, handle: Handle) -> impl Iterator<Item = u16> + '_ {
        let cell = self.0.get(cell_of(handle));
        let cell: &[[u8; 10]] = cell.map_or(&[], |cell| cell.as_slice());
        let first = cell.partition_point(|entry| *entry < entry_of(handle, 0));
        let from = cell.get(first..).unwrap_or_default();
        let entries = from.iter().map(|entry| parts_of(*entry));
        entries
            .take_while(move |(own, _)| *own == handle)
            .map(|(_, bucket)| bucket)
    }

    pub(super) fn add(&mut self, handle: Handle, bucket: u16) {
        self.change(handle, |cell| {
            let entry = entry_of(handle, bucket);
            let at = cell.partition_point(|other| *other < entry);
            cell.insert(at, entry);
        });
    }

    pub(super) fn remove(&mut self, handle: Handle, bucket: u16) {
        self.change(handle, |cell| {
            // One of them: two tokens of a bucket may have the same handle.
            if let Ok(at) = cell.binary_search(&entry_of(handle, bucket)) {
                cell.remove(at);
            }
        });
    }

    fn change(&mut self, handle: Handle, change: impl FnOnce(&mut Vec<[u8; 10]>)) {
        let number = cell_of(handle);
        let mut cell = self.0.get(number).map(|cell| cell.to_vec());
        let mut content = cell.take().unwrap_or_default();
        change(&mut content);
        content.shrink_to_fit();
        self.0.set(number, (!content.is_empty()).then_some(content));
    }
}

/// Handles are random: their first bits spread them evenly.
fn cell_of(handle: Handle) -> u16 {
    let [first, second, ..] = handle.to_be_bytes();
    u16::from_be_bytes([first, second])
}

/// Sorted like the handles.
fn entry_of(handle: Handle, bucket: u16) -> [u8; 10] {
    let mut entry = [0; 10];
    let bytes = handle.to_be_bytes().into_iter().chain(bucket.to_be_bytes());
    entry
        .iter_mut()
        .zip(bytes)
        .for_each(|(to, from)| *to = from);
    entry
}

fn parts_of(entry: [u8; 10]) -> (Handle, u16) {
    let [handle @ .., first, second] = entry;
    (
        u64::from_be_bytes(handle),
        u16::from_be_bytes([first, second]),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_leads_to_its_buckets_until_they_are_removed() {
        let mut handles = Handles::empty();
        let find = |handles: &Handles, handle| handles.find(handle).collect::<Vec<_>>();
        let same_cell = 0x0102_0000_0000_0000;
        for (handle, bucket) in [
            (5, 1),
            (5, 9),
            (5, 9),
            (6, 2),
            (8, 0),
            (same_cell, 3),
            (u64::MAX, 4),
        ] {
            handles.add(handle, bucket);
        }
        let copy = handles.clone();
        assert_eq!(find(&handles, 5), [1, 9, 9]);
        assert_eq!(find(&handles, 6), [2]);
        assert_eq!(find(&handles, 7), [0; 0]);
        assert_eq!(find(&handles, 8), [0]);
        assert_eq!(find(&handles, same_cell), [3]);
        assert_eq!(find(&handles, u64::MAX), [4]);
        handles.remove(5, 9);
        handles.remove(5, 7);
        handles.remove(u64::MAX, 4);
        assert_eq!(find(&handles, 5), [1, 9]);
        assert_eq!(find(&handles, u64::MAX), [0; 0]);
        assert_eq!(find(&copy, u64::MAX), [4]);
    }
}
