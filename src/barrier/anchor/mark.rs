//! A mark: one state of a store, as a slot of the anchor records it.

use crate::backend::Row;
use crate::barrier::log::chain::Head;
use crate::barrier::rows::codec::Cursor;
use crate::barrier::rows::root::Root;
use crate::barrier::store_id::StoreId;
use crate::crypto::seal::tag_of;
use crate::crypto::{Label, MacKey};
use crate::error::{Error, Result};
use crate::model::time::Time;

const MAGIC: [u8; 8] = *b"\x89HPA\r\n\x1a\n";
pub(super) const SECOND: usize = 4096;
pub(super) const ANNOUNCED: usize = 2 * 4096;
const COVERED: usize = 8 + 16 + 16 + 8 + 32 + 8 + 32 + 8;
pub(super) const SLOT: usize = COVERED + 32;

/// One state of a store, as the anchor records it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::barrier) struct Mark {
    pub(in crate::barrier) incarnation: [u8; 16],
    pub(in crate::barrier) epoch: u64,
    /// The MAC of the root row's tag.
    pub(in crate::barrier) root: [u8; 32],
    pub(in crate::barrier) log_last: u64,
    pub(in crate::barrier) log_head: Head,
    pub(in crate::barrier) wall: Time,
}

impl Mark {
    /// Builds the mark of a root and its sealed row. `manifest` is the manifest's MAC key.
    pub(in crate::barrier) fn of(root: &Root, row: &Row, manifest: &MacKey) -> Result<Self> {
        let short = || Error::Integrity("the manifest's root is too short".into());
        let tag = tag_of(&row.sealed).ok_or_else(short)?;
        Ok(Self {
            incarnation: root.incarnation,
            epoch: root.epoch,
            root: *manifest.tag(Label::Man, &[&tag]).bytes(),
            log_last: root.log_last,
            log_head: root.log_head,
            wall: root.wall_max,
        })
    }

    pub(super) fn encode(&self, store: &StoreId, key: &MacKey) -> [u8; SLOT] {
        let mut bytes = Vec::with_capacity(SLOT);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(store);
        bytes.extend_from_slice(&self.incarnation);
        bytes.extend_from_slice(&self.epoch.to_le_bytes());
        bytes.extend_from_slice(&self.root);
        bytes.extend_from_slice(&self.log_last.to_le_bytes());
        bytes.extend_from_slice(&self.log_head);
        bytes.extend_from_slice(&self.wall.seconds().to_le_bytes());
        let tag = key.tag(Label::Anchor, &[&bytes]);
        bytes.extend_from_slice(tag.bytes());
        let mut slot = [0; SLOT];
        slot.iter_mut()
            .zip(bytes)
            .for_each(|(place, byte)| *place = byte);
        slot
    }

    pub(super) fn decode(bytes: &[u8], store: &StoreId, key: &MacKey) -> Option<Self> {
        let (covered, tag) = bytes.get(..SLOT)?.split_last_chunk::<32>()?;
        if !key.tag(Label::Anchor, &[covered]).ct_eq(tag) {
            return None;
        }
        let mut cursor = Cursor::new(covered, "the anchor");
        let magic = cursor.array::<8>().ok()?;
        let id = cursor.array::<16>().ok()?;
        let mark = Self {
            incarnation: cursor.array().ok()?,
            epoch: cursor.u64().ok()?,
            root: cursor.array().ok()?,
            log_last: cursor.u64().ok()?,
            log_head: cursor.array().ok()?,
            wall: Time::from_seconds(cursor.i64().ok()?),
        };
        (magic == MAGIC && id == *store).then_some(mark)
    }
}

/// Returns the newest of the two regular slots that authenticates.
pub(in crate::barrier) fn newest(bytes: &[u8], store: &StoreId, key: &MacKey) -> Option<Mark> {
    slots(bytes)
        .filter_map(|slot| Mark::decode(slot, store, key))
        .max_by_key(|mark| mark.epoch)
}

/// Returns the announced state, unless the store has moved on without it.
pub(in crate::barrier) fn announced(bytes: &[u8], store: &StoreId, key: &MacKey) -> Option<Mark> {
    let mark = Mark::decode(bytes.get(ANNOUNCED..)?, store, key)?;
    let seen = newest(bytes, store, key);
    seen.is_none_or(|seen| seen.epoch < mark.epoch)
        .then_some(mark)
}

pub(super) fn slots(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    [0, SECOND].into_iter().filter_map(|at| bytes.get(at..))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::Key;
    use crate::entropy::OsEntropy;

    #[test]
    fn a_mark_of_another_store_or_key_is_none() {
        let store = [3; 16];
        let key = MacKey::new(&Key::generate(&mut OsEntropy).unwrap());
        let other = MacKey::new(&Key::generate(&mut OsEntropy).unwrap());
        let mark = Mark {
            incarnation: [1; 16],
            epoch: 3,
            root: [7; 32],
            log_last: 3,
            log_head: [2; 32],
            wall: Time::from_seconds(9),
        };
        let slot = mark.encode(&store, &key);
        assert_eq!(Mark::decode(&slot, &store, &key), Some(mark));
        assert_eq!(Mark::decode(&slot, &[4; 16], &key), None);
        assert_eq!(Mark::decode(&slot, &store, &other), None);
    }

    #[test]
    fn only_what_starts_like_a_mark_is_one() {
        let store = [3; 16];
        let key = MacKey::new(&Key::generate(&mut OsEntropy).unwrap());
        let mut covered = [0; COVERED];
        covered[..8].copy_from_slice(&MAGIC);
        covered[8..24].copy_from_slice(&store);
        let decoded = |covered: &[u8]| {
            let tag = key.tag(Label::Anchor, &[covered]);
            Mark::decode(&[covered, tag.bytes()].concat(), &store, &key)
        };
        assert!(decoded(&covered).is_some());
        covered[3] ^= 1;
        assert_eq!(decoded(&covered), None);
    }
}
