//! The files of an anchor: `STATE/anchors/STORE_ID` and the records of where a store was seen. The
//! layout is described in the parent module.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;

use crate::barrier::store_id::StoreId;
use crate::crypto::MacKey;
use crate::crypto::hash;
use crate::files::trust::{Distrust, Folder, MEMORY};
use crate::model::time::Time;

use super::mark::{ANNOUNCED, Mark, SECOND, SLOT, slots};
use super::tombstones::{Tombstone, TombstoneFile, Tombstones};
use super::whole::write_whole;
use crate::files::private::{lock_or_give_up, make_folder, private, read_bounded};

/// The files that this machine keeps for one store.
#[derive(Debug, Clone)]
pub(in crate::barrier) struct Anchor {
    store: StoreId,
    file: PathBuf,
    tombstones: TombstoneFile,
    /// Folder with one file for each path that a store was seen at.
    paths: PathBuf,
    known: Option<PathBuf>,
}

impl Anchor {
    pub(in crate::barrier) fn new(state: &Path, path: Option<&Path>, store: &StoreId) -> Self {
        let id = HEXLOWER.encode(store);
        let anchors = state.join("anchors");
        let paths = state.join("known");
        let known = path.map(|path| {
            let digest = hash::sha256(path.as_os_str().as_encoded_bytes());
            paths.join(HEXLOWER.encode(digest.split_at(16).0))
        });
        let tombstones = TombstoneFile::new(&anchors, &id);
        Self {
            store: *store,
            tombstones,
            file: anchors.join(id),
            paths,
            known,
        }
    }

    pub(in crate::barrier) fn path(&self) -> &Path {
        &self.file
    }

    /// Reads the anchor's bytes; `None` if this machine has no anchor for the store.
    pub(in crate::barrier) fn read(&self) -> io::Result<Option<Vec<u8>>> {
        read_bounded(&self.file, ANNOUNCED + SLOT)
    }

    /// The id of the store that this machine has recorded for this path, if any.
    pub(in crate::barrier) fn known_here(&self) -> io::Result<Option<String>> {
        self.known.as_deref().map_or(Ok(None), id_in)
    }

    /// Refuses an anchor that others could have written or replaced, through the files themselves
    /// or a folder on their path: it would prove nothing. Missing files are fine.
    pub(in crate::barrier) fn judge(&self) -> Result<(), Distrust> {
        let anchors = [self.file.as_path(), self.tombstones.path()];
        judge(self.file.parent(), &anchors)
            .and_then(|()| judge(Some(&self.paths), self.known.as_deref().as_slice()))
            .map_err(Distrust::left_to_its_owner)
    }

    /// Whether this machine has any trace of the store other than the anchor.
    pub(in crate::barrier) fn has_traces(&self) -> io::Result<bool> {
        Ok(fs::exists(self.tombstones.path())? || self.is_known_anywhere()?)
    }

    /// Refuses to write another trace of the store before its anchor exists: the trace would later
    /// be taken as evidence that the anchor was deleted.
    fn ensure_not_first(&self) -> io::Result<()> {
        if fs::exists(&self.file)? || self.has_traces()? {
            return Ok(());
        }
        Err(io::Error::new(
            io::ErrorKind::NotFound,
            "there is no anchor",
        ))
    }

    fn is_known_anywhere(&self) -> io::Result<bool> {
        let own = HEXLOWER.encode(&self.store);
        let paths = match fs::read_dir(&self.paths) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            paths => paths?,
        };
        for path in paths {
            if id_in(&path?.path())?.is_some_and(|known| known == own) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Records that this store is at its path.
    pub(in crate::barrier) fn remember_path(&self) -> io::Result<()> {
        let Some(known) = &self.known else {
            return Ok(());
        };
        self.ensure_not_first()?;
        write_whole(
            known,
            format!("{}\n", HEXLOWER.encode(&self.store)).as_bytes(),
        )
    }

    /// Creates the anchor file, synced to disk, and records the path.
    pub(in crate::barrier) fn create(&self, mark: &Mark, key: &MacKey) -> io::Result<()> {
        let mut bytes = vec![0; SECOND + SLOT];
        let slot = mark.encode(&self.store, key);
        bytes.iter_mut().zip(slot).for_each(|(to, byte)| *to = byte);
        write_whole(&self.file, &bytes)?;
        self.remember_path()
    }

    /// Removes the record of another store at this path before this store is published there: the
    /// other store is gone, and a kill in between must not leave this one refused.
    pub(in crate::barrier) fn forget_other(&self) -> io::Result<()> {
        let own = HEXLOWER.encode(&self.store);
        match (&self.known, self.known_here()?) {
            (Some(known), Some(there)) if there != own => {
                fs::remove_file(known)?;
                File::open(known.parent().unwrap_or(known))?.sync_all()
            }
            _ => Ok(()),
        }
    }

    /// Writes an announcement, synced to disk, of a state that does not continue what this machine
    /// has seen: to `file`, the existing anchor, or to a new anchor that holds only the
    /// announcement.
    pub(in crate::barrier) fn announce(
        &self,
        file: Option<&File>,
        mark: &Mark,
        key: &MacKey,
    ) -> io::Result<()> {
        let slot = mark.encode(&self.store, key);
        let Some(file) = file else {
            let mut bytes = vec![0; ANNOUNCED];
            bytes.extend_from_slice(&slot);
            return write_whole(&self.file, &bytes);
        };
        lock_or_give_up(file)?;
        file.write_all_at(&slot, ANNOUNCED as u64)?;
        file.sync_all()
    }

    /// Withdraws an announcement whose state was not committed.
    pub(in crate::barrier) fn withdraw(&self, file: Option<&File>) -> io::Result<()> {
        let Some(file) = file else {
            return match fs::remove_file(&self.file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        };
        lock_or_give_up(file)?;
        file.write_all_at(&[0; SLOT], ANNOUNCED as u64)?;
        file.sync_all()
    }

    /// Opens the anchor for a later [`Self::advance`], so that a write which the anchor cannot
    /// follow is refused before it begins. `None` if there is no anchor.
    pub(in crate::barrier) fn open(&self) -> io::Result<Option<File>> {
        match private(OpenOptions::new().read(true).write(true)).open(&self.file) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.file.parent().map_or(Ok(()), make_folder)?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Replaces the older slot, if `mark` is newer than both.
    pub(in crate::barrier) fn advance(
        &self,
        file: &File,
        mark: &Mark,
        key: &MacKey,
    ) -> io::Result<()> {
        lock_or_give_up(file)?;
        let mut bytes = Vec::new();
        let mut start = file;
        io::Seek::rewind(&mut start)?;
        start.take(2 * SECOND as u64).read_to_end(&mut bytes)?;
        let epochs: Vec<_> = slots(&bytes)
            .map(|slot| Mark::decode(slot, &self.store, key).map(|mark| mark.epoch))
            .collect();
        if epochs.iter().flatten().any(|epoch| *epoch >= mark.epoch) {
            return Ok(());
        }
        let first = epochs.first().copied().flatten();
        let second = epochs.get(1).copied().flatten();
        let at = if first <= second { 0 } else { SECOND };
        file.write_all_at(&mark.encode(&self.store, key), at as u64)
    }

    /// Appends tombstones of the change that leads to `epoch`, synced to disk, so that no restore
    /// revives a record that ended or was restricted.
    pub(in crate::barrier) fn record(
        &self,
        tombstones: &[Tombstone],
        epoch: u64,
        key: &MacKey,
    ) -> io::Result<()> {
        self.ensure_not_first()?;
        self.tombstones.record(tombstones, epoch, key)
    }

    /// As [`Self::record`], for changes of others, each with its epoch.
    pub(in crate::barrier) fn record_each(
        &self,
        tombstones: &[(u64, Tombstone)],
        key: &MacKey,
    ) -> io::Result<()> {
        self.ensure_not_first()?;
        let dated = tombstones
            .iter()
            .map(|(epoch, tombstone)| (*epoch, tombstone));
        self.tombstones.record_each(dated, key)
    }

    /// Reads this machine's tombstones of the store's records.
    pub(in crate::barrier) fn tombstones(&self, key: MacKey) -> io::Result<Tombstones> {
        self.tombstones.read(key)
    }

    /// Drops tombstones that are no longer needed at `latest`, once enough have accumulated.
    pub(in crate::barrier) fn compact(&self, key: MacKey, latest: Time) -> io::Result<()> {
        self.tombstones.compact(key, latest)
    }
}

/// Checks who can change these files, their folder and the path to it.
fn judge(folder: Option<&Path>, files: &[&Path]) -> Result<(), Distrust> {
    let Some(folder) = folder else { return Ok(()) };
    let folder = match Folder::open(folder) {
        Err(distrust) if distrust.is_absence() => return Ok(()),
        folder => folder?,
    };
    for file in files {
        let Some(name) = file.file_name() else {
            continue;
        };
        let Some(found) = folder.stat_of(name)? else {
            continue;
        };
        if let Err(problem) = MEMORY.judge(&found) {
            return Err(Distrust::Unsafe {
                path: (*file).to_owned(),
                problem,
                fix: None,
            });
        }
    }
    Ok(())
}

/// Reads the store id from a file in `known/`.
fn id_in(path: &Path) -> io::Result<Option<String>> {
    let bytes = read_bounded(path, 64)?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).trim_end().to_owned()))
}

#[cfg(test)]
mod tests;
