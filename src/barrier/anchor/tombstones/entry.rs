//! The encoding of a tombstone file, format 2.

use std::io;

use super::kind::Kind;
use crate::barrier::rows::codec::Cursor;
use crate::crypto::{Label, MacKey};
use crate::model::id::RecordId;
use crate::model::time::Time;

const MAGIC: [u8; 8] = *b"\x89HPT\r\n\x1a\n";
const VERSION: u16 = 2;
pub(super) const HEAD: usize = 8 + 2 + 6 + 8;
const COVERED: usize = 1 + 32 + 8 + 8 + 8;
pub(super) const ENTRY: usize = COVERED + 32;

/// End time of a permanent entry.
pub(super) const NEVER: Time = Time::from_seconds(i64::MAX);
/// End time of an entry that lifts an earlier one.
pub(super) const LIFTED: Time = Time::from_seconds(0);

/// The keyed hash that identifies a record outside the store, where its id would reveal too much.
pub(super) type Name = [u8; 32];

/// Computes the name of a record under the anchor key of the store.
pub(super) fn name(key: &MacKey, id: RecordId) -> Name {
    *key.tag(Label::Anchor, &[id.bytes()]).bytes()
}

/// One change of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) name: Name,
    /// The epoch of the change.
    pub(super) epoch: u64,
    pub(super) end: Time,
    pub(super) keep: Time,
}

impl Entry {
    pub(super) fn write(&self, bytes: &mut Vec<u8>, key: &MacKey) {
        let start = bytes.len();
        bytes.push(self.kind.number());
        bytes.extend_from_slice(&self.name);
        bytes.extend_from_slice(&self.epoch.to_le_bytes());
        bytes.extend_from_slice(&self.end.seconds().to_le_bytes());
        bytes.extend_from_slice(&self.keep.seconds().to_le_bytes());
        let tag = key.tag(Label::Anchor, &[bytes.get(start..).unwrap_or_default()]);
        bytes.extend_from_slice(tag.bytes());
    }

    pub(super) fn read(bytes: &[u8], key: &MacKey) -> Option<Self> {
        let (covered, tag) = bytes.split_last_chunk::<32>()?;
        if !key.tag(Label::Anchor, &[covered]).ct_eq(tag) {
            return None;
        }
        let mut cursor = Cursor::new(covered, "a tombstone");
        Some(Self {
            kind: Kind::of(cursor.u8().ok()?)?,
            name: cursor.array().ok()?,
            epoch: cursor.u64().ok()?,
            end: Time::from_seconds(cursor.i64().ok()?),
            keep: Time::from_seconds(cursor.i64().ok()?),
        })
    }
}

/// Encodes the header of a file; `left` is the number of entries the last compaction kept.
pub(super) fn head(left: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&[0; 6]);
    bytes.extend_from_slice(&left.to_le_bytes());
    bytes
}

/// Whether the bytes begin with the header of format 2 or later.
pub(super) fn has_head(bytes: &[u8]) -> bool {
    bytes.len() >= HEAD && bytes.starts_with(&MAGIC)
}

/// Splits a file into the number of entries kept by the last compaction and the bytes after the
/// header. `None` if the bytes do not begin with a header.
pub(super) fn split_head(bytes: &[u8]) -> io::Result<Option<(u64, &[u8])>> {
    let Some((head, entries)) = bytes.split_at_checked(HEAD) else {
        return Ok(None);
    };
    let mut cursor = Cursor::new(head, "the head");
    let (Ok(magic), Ok(version)) = (cursor.array::<8>(), cursor.u16()) else {
        return Ok(None);
    };
    if magic != MAGIC {
        return Ok(None);
    }
    if version != VERSION {
        return Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "its tombstone file has another format",
        ));
    }
    let left = cursor.take(6).and_then(|_| cursor.u64());
    Ok(left.ok().map(|left| (left, entries)))
}
