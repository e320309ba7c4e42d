//! One state of the source of a copy.

use crate::backend::{Row, Want};
use crate::barrier::reader::Reader;
use crate::barrier::rows::root::Root;
use crate::barrier::unlocking::header::heads;
use crate::barrier::unlocking::unlocked::root_row;
use crate::error::Result;

/// One state of the source: all that covers its rows.
pub(super) struct Snapshot {
    pub(super) root_row: Row,
    pub(super) root: Root,
    pub(super) header: Vec<u8>,
    pub(super) keyring: Vec<u8>,
    /// The rows of the manifest but the root.
    pub(super) manifest: Vec<(u16, Row)>,
}

impl Snapshot {
    /// The state that a transaction sees.
    pub(super) fn of(reader: &Reader<'_>) -> Result<Self> {
        let wants: Vec<_> = (0..=512).map(Want::Man).collect();
        reader.tx.fetch(&wants)?;
        let (header, keyring) = heads(&*reader.tx)?;
        let root_row = root_row(&*reader.tx)?;
        let root = reader.unlocked.open_root(&root_row)?;
        let mut manifest = Vec::new();
        for b in 1..=512 {
            manifest.extend(reader.tx.man_get(b)?.map(|row| (b, row)));
        }
        Ok(Self {
            root_row,
            root,
            header,
            keyring,
            manifest,
        })
    }

    pub(super) fn manifest_row(&self, b: u16) -> Option<&Row> {
        let found = self.manifest.binary_search_by_key(&b, |(b, _)| *b).ok()?;
        self.manifest.get(found).map(|(_, row)| row)
    }
}
