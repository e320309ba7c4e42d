//! The anchor: what this machine remembers of a store, outside of it.
//!
//! `STATE/anchors/STORE_ID` holds two slots at offsets 0 and 4096, written in turn and in place, only
//! ever with a greater epoch; the newest slot that authenticates counts. It is made whole and forced
//! to disk with its folder before it counts; later writes are not forced, because an anchor that a
//! power cut made older is still a true one.
//!
//! A third slot, at 8192, announces a new history before it begins: a restore or an acceptance that
//! is killed between its commit and the anchor would otherwise leave a store that is refused. It
//! counts for exactly that state, and for no longer than until the next change of the store.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use data_encoding::HEXLOWER;
use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

use super::StoreId;
use super::codec::Cursor;
use super::log::Head;
use crate::crypto::hash;
use crate::crypto::{Label, MacKey};
use crate::model::time::Time;

const MAGIC: [u8; 8] = *b"\x89HPA\r\n\x1a\n";
const SECOND: usize = 4096;
const ANNOUNCED: usize = 2 * 4096;
const COVERED: usize = 8 + 16 + 16 + 8 + 32 + 8 + 32 + 8;
const SLOT: usize = COVERED + 32;

/// One state of a store, as the anchor remembers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) incarnation: [u8; 16],
    pub(super) epoch: u64,
    /// MAC of the root row's tag.
    pub(super) root: [u8; 32],
    pub(super) log_last: u64,
    pub(super) log_head: Head,
    pub(super) wall: Time,
}

impl Mark {
    fn encode(&self, store: &StoreId, key: &MacKey) -> [u8; SLOT] {
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
        slot.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
        slot
    }

    fn decode(bytes: &[u8], store: &StoreId, key: &MacKey) -> Option<Self> {
        let (covered, tag) = bytes.get(..SLOT)?.split_last_chunk::<32>()?;
        if !key.tag(Label::Anchor, &[covered]).ct_eq(tag) {
            return None;
        }
        let mut cursor = Cursor::new(covered, "the anchor");
        let (magic, id) = (cursor.array::<8>().ok()?, cursor.array::<16>().ok()?);
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

/// The newest slot that authenticates.
pub(super) fn newest(bytes: &[u8], store: &StoreId, key: &MacKey) -> Option<Mark> {
    slots(bytes).filter_map(|slot| Mark::decode(slot, store, key)).max_by_key(|mark| mark.epoch)
}

/// The state that was announced, unless the store went on without it.
pub(super) fn announced(bytes: &[u8], store: &StoreId, key: &MacKey) -> Option<Mark> {
    let mark = Mark::decode(bytes.get(ANNOUNCED..)?, store, key)?;
    let seen = newest(bytes, store, key);
    seen.is_none_or(|seen| seen.epoch < mark.epoch).then_some(mark)
}

fn slots(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    [0, SECOND].into_iter().filter_map(|at| bytes.get(at..))
}

/// The files that this machine keeps about one store.
#[derive(Debug, Clone)]
pub(super) struct Anchor {
    store: StoreId,
    file: PathBuf,
    tombs: PathBuf,
    known: Option<PathBuf>,
}

impl Anchor {
    pub(super) fn new(state: &Path, place: Option<&Path>, store: &StoreId) -> Self {
        let id = HEXLOWER.encode(store);
        let anchors = state.join("anchors");
        let known = place.map(|place| {
            let digest = hash::sha256(place.as_os_str().as_encoded_bytes());
            state.join("known").join(HEXLOWER.encode(digest.split_at(16).0))
        });
        Self {
            store: *store,
            tombs: anchors.join(format!("{id}.revoked")),
            file: anchors.join(id),
            known,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.file
    }

    /// The anchor's bytes; `None` where this machine has none.
    pub(super) fn read(&self) -> io::Result<Option<Vec<u8>>> {
        read_bounded(&self.file, ANNOUNCED + SLOT)
    }

    /// Which store this machine knows at this place, if any.
    pub(super) fn known_here(&self) -> io::Result<Option<String>> {
        let Some(known) = &self.known else { return Ok(None) };
        let bytes = read_bounded(known, 64)?;
        Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).trim_end().to_owned()))
    }

    /// What of this machine's memory others could have written, if anything: it proves nothing then.
    pub(super) fn unsafe_part(&self) -> Option<&Path> {
        let own = [0, rustix::process::geteuid().as_raw()];
        let parts = [self.file.parent(), self.known.as_deref().and_then(Path::parent)];
        let files = [Some(self.file.as_path()), self.known.as_deref(), Some(&self.tombs)];
        parts.into_iter().chain(files).flatten().find(|path| {
            let found = fs::symlink_metadata(path);
            found.is_ok_and(|it| !own.contains(&it.uid()) || it.mode() & 0o022 != 0)
        })
    }

    /// Remembers that this store is at its place.
    pub(super) fn remember_place(&self) -> io::Result<()> {
        match &self.known {
            Some(known) => {
                write_whole(known, format!("{}\n", HEXLOWER.encode(&self.store)).as_bytes())
            }
            None => Ok(()),
        }
    }

    /// Makes the anchor whole, and remembers the place.
    pub(super) fn create(&self, mark: &Mark, key: &MacKey) -> io::Result<()> {
        let mut bytes = vec![0; SECOND + SLOT];
        let slot = mark.encode(&self.store, key);
        bytes.iter_mut().zip(slot).for_each(|(place, byte)| *place = byte);
        write_whole(&self.file, &bytes)?;
        self.remember_place()
    }

    /// Forgets another store that was known at this place, before this one is put there: nothing of
    /// that one is left, and a kill in between must not leave a store that is refused.
    pub(super) fn forget_other(&self) -> io::Result<()> {
        let own = HEXLOWER.encode(&self.store);
        match (&self.known, self.known_here()?) {
            (Some(known), Some(there)) if there != own => {
                fs::remove_file(known)?;
                File::open(known.parent().unwrap_or(known))?.sync_all()
            }
            _ => Ok(()),
        }
    }

    /// Announces, forced to disk, a state that does not continue what this machine has seen.
    pub(super) fn announce(&self, file: &File, mark: &Mark, key: &MacKey) -> io::Result<()> {
        lock(file)?;
        file.write_all_at(&mark.encode(&self.store, key), ANNOUNCED as u64)?;
        file.sync_all()
    }

    /// Takes an announcement back: what was announced did not come about.
    pub(super) fn withdraw(file: &File) -> io::Result<()> {
        lock(file)?;
        file.write_all_at(&[0; SLOT], ANNOUNCED as u64)?;
        file.sync_all()
    }

    /// Opens the anchor for a later [`Self::advance`], so that a write is refused before it begins where
    /// the anchor cannot follow. `None` where there is no anchor.
    pub(super) fn open(&self) -> io::Result<Option<File>> {
        match private(OpenOptions::new().read(true).write(true)).open(&self.file) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make_folder(self.file.parent())?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Replaces the older slot, if `mark` is newer than both.
    pub(super) fn advance(&self, file: &File, mark: &Mark, key: &MacKey) -> io::Result<()> {
        lock(file)?;
        let mut bytes = Vec::with_capacity(SECOND + SLOT);
        let mut start = file;
        io::Seek::rewind(&mut start)?;
        start.take(2 * SECOND as u64).read_to_end(&mut bytes)?;
        let epochs: Vec<_> = slots(&bytes)
            .map(|slot| Mark::decode(slot, &self.store, key).map(|mark| mark.epoch))
            .collect();
        if epochs.iter().flatten().any(|epoch| *epoch >= mark.epoch) {
            return Ok(());
        }
        let (first, second) = (epochs.first().copied().flatten(), epochs.get(1).copied().flatten());
        let at = if first <= second { 0 } else { SECOND };
        file.write_all_at(&mark.encode(&self.store, key), at as u64)
    }

    /// Remembers, forced to disk, that records are revoked, so that no restore revives them.
    pub(super) fn entomb(&self, tombs: &[Tomb], key: &MacKey) -> io::Result<()> {
        let folder = self.tombs.parent().unwrap_or(&self.tombs);
        make_folder(Some(folder))?;
        let mut file = private(OpenOptions::new().append(true).create(true)).open(&self.tombs)?;
        lock(&file)?;
        let length = file.metadata()?.len();
        // What a crash cut short would shift everything behind it.
        file.set_len(length - length % TOMB as u64)?;
        let mut bytes = Vec::with_capacity(tombs.len() * TOMB);
        for entry in tombs {
            bytes.extend_from_slice(&tomb(key, &entry.id));
            bytes.extend_from_slice(&entry.until.to_le_bytes());
        }
        file.write_all(&bytes)?;
        file.sync_all()?;
        if length == 0 { File::open(folder)?.sync_all() } else { Ok(()) }
    }

    /// The MACs of all records that this machine knows to be revoked.
    pub(super) fn entombed(&self) -> io::Result<HashSet<[u8; 32]>> {
        let bytes = read_bounded(&self.tombs, MOST_TOMBS + 1)?.unwrap_or_default();
        if bytes.len() > MOST_TOMBS {
            return Err(io::Error::other("there are more tombstones than can be read"));
        }
        let entries = bytes.as_chunks::<TOMB>().0;
        Ok(entries.iter().filter_map(|entry| entry.first_chunk::<32>().copied()).collect())
    }
}

const TOMB: usize = 32 + 8;
/// 26 million tombstones: beyond that none is taken for granted.
const MOST_TOMBS: usize = 1 << 30;

/// How a revoked record is named outside the store, where its id would say too much.
pub(super) fn tomb(key: &MacKey, id: &[u8; 16]) -> [u8; 32] {
    *key.tag(Label::Anchor, &[id]).bytes()
}

/// A record that must stay revoked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tomb {
    pub(super) id: [u8; 16],
    /// Seconds; until when it matters.
    pub(super) until: i64,
}

/// Locks a file, or gives up after some seconds: whoever holds it holds nothing else up.
fn lock(file: &File) -> io::Result<()> {
    const TRIES: u32 = 250;
    for _ in 0..TRIES {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) => std::thread::sleep(Duration::from_millis(20)),
            done => return Ok(done?),
        }
    }
    Err(io::Error::new(io::ErrorKind::TimedOut, "another program holds the anchor"))
}

/// Options for a file that is the owner's alone and is no link.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    let flags = OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    options.mode(0o600).custom_flags(flags.bits().cast_signed())
}

fn read_bounded(path: &Path, most: usize) -> io::Result<Option<Vec<u8>>> {
    let file = match private(OpenOptions::new().read(true)).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::with_capacity(SECOND + SLOT);
    file.take(most as u64).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    make_folder(Some(folder))?;
    let fresh = path.with_extension(format!("{}.tmp", std::process::id()));
    let mut file =
        private(OpenOptions::new().write(true).create(true).truncate(true)).open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    File::open(folder)?.sync_all()
}

fn make_folder(folder: Option<&Path>) -> io::Result<()> {
    match folder {
        Some(folder) if !folder.is_dir() => {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{Key, OsEntropy};

    const STORE: StoreId = [3; 16];

    fn mark(epoch: u64) -> Mark {
        let (incarnation, root, log_head) = ([1; 16], [7; 32], [2; 32]);
        Mark { incarnation, epoch, root, log_last: epoch, log_head, wall: Time::from_seconds(9) }
    }

    #[test]
    fn an_anchor_only_ever_moves_forward() {
        let folder = tempfile::tempdir().unwrap();
        let key = MacKey::new(&Key::generate(&mut OsEntropy).unwrap());
        let anchor = Anchor::new(folder.path(), None, &STORE);
        anchor.create(&mark(5), &key).unwrap();
        let seen = || newest(&anchor.read().unwrap().unwrap(), &STORE, &key).unwrap().epoch;
        let file = anchor.open().unwrap().unwrap();
        for (epoch, expected) in [(6, 6), (4, 6), (6, 6), (7, 7), (5, 7), (20, 20), (19, 20)] {
            let (newest, before) = (seen(), anchor.read().unwrap());
            anchor.advance(&file, &mark(epoch), &key).unwrap();
            assert_eq!(seen(), expected, "after {epoch}");
            let touched = anchor.read().unwrap() != before;
            assert_eq!(touched, epoch > newest, "{epoch} after {newest}");
        }
    }

    #[test]
    fn both_slots_are_used_in_turn() {
        let folder = tempfile::tempdir().unwrap();
        let key = MacKey::new(&Key::generate(&mut OsEntropy).unwrap());
        let anchor = Anchor::new(folder.path(), None, &STORE);
        anchor.create(&mark(1), &key).unwrap();
        let file = anchor.open().unwrap().unwrap();
        for epoch in 2..6 {
            anchor.advance(&file, &mark(epoch), &key).unwrap();
            let bytes = anchor.read().unwrap().unwrap();
            let epochs: Vec<_> =
                slots(&bytes).map(|s| Mark::decode(s, &STORE, &key).unwrap().epoch).collect();
            assert_eq!(epochs.iter().max(), Some(&epoch));
            assert_eq!(epochs.iter().min(), Some(&(epoch - 1)), "the one before is kept");
        }
    }

    #[test]
    fn a_mark_of_another_store_or_key_is_none() {
        let key = MacKey::new(&Key::generate(&mut OsEntropy).unwrap());
        let other = MacKey::new(&Key::generate(&mut OsEntropy).unwrap());
        let slot = mark(3).encode(&STORE, &key);
        assert_eq!(Mark::decode(&slot, &STORE, &key), Some(mark(3)));
        assert_eq!(Mark::decode(&slot, &[4; 16], &key), None);
        assert_eq!(Mark::decode(&slot, &STORE, &other), None);
    }

    #[test]
    fn a_tombstone_cut_short_does_not_spoil_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let key = MacKey::new(&Key::generate(&mut OsEntropy).unwrap());
        let anchor = Anchor::new(folder.path(), None, &STORE);
        anchor.entomb(&[Tomb { id: [1; 16], until: 1 }], &key).unwrap();
        let mut bytes = fs::read(&anchor.tombs).unwrap();
        bytes.extend_from_slice(&[9; 13]);
        fs::write(&anchor.tombs, bytes).unwrap();
        anchor.entomb(&[Tomb { id: [2; 16], until: 1 }], &key).unwrap();
        let held = anchor.entombed().unwrap();
        assert!(held.contains(&tomb(&key, &[1; 16])) && held.contains(&tomb(&key, &[2; 16])));
        assert_eq!(held.len(), 2);
    }
}
