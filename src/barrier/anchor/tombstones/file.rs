//! The tombstone file of a store: appended to, read, and compacted.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::entry::{ENTRY, Entry, HEAD, NEVER, Name, has_head, head, split_head};
use super::kind::Kind;
use super::remembered::Tombstones;
use super::tombstone::Tombstone;
use crate::barrier::anchor::whole::write_whole;
use crate::crypto::MacKey;
use crate::files::private::{lock_or_give_up, private, read_bounded};
use crate::model::time::Time;

/// Length of an entry in format 1: the name of a revoked record, and until when it matters.
const ENTRY_1: usize = 32 + 8;
/// Largest file that is read: about 12 million entries.
const MAX_BYTES: usize = 1 << 30;
/// How many entries may be appended before a compaction is worthwhile.
const SLACK: u64 = 1024;

/// The tombstone file of one store.
#[derive(Debug, Clone)]
pub(in crate::barrier::anchor) struct TombstoneFile(PathBuf);

impl TombstoneFile {
    /// `store` is the store's id in hex.
    pub(in crate::barrier::anchor) fn new(folder: &Path, store: &str) -> Self {
        Self(folder.join(format!("{store}.revoked")))
    }

    pub(in crate::barrier::anchor) fn path(&self) -> &Path {
        &self.0
    }

    /// Appends the tombstones of one change, synced to disk.
    pub(in crate::barrier::anchor) fn record(
        &self,
        tombstones: &[Tombstone],
        epoch: u64,
        key: &MacKey,
    ) -> io::Result<()> {
        let dated = tombstones.iter().map(|tombstone| (epoch, tombstone));
        self.record_each(dated, key)
    }

    /// As [`Self::record`], for tombstones of several changes, each with its epoch.
    pub(in crate::barrier::anchor) fn record_each<'a>(
        &self,
        tombstones: impl Iterator<Item = (u64, &'a Tombstone)>,
        key: &MacKey,
    ) -> io::Result<()> {
        let mut bytes = Vec::new();
        for (epoch, tombstone) in tombstones {
            tombstone.entry(epoch, key).write(&mut bytes, key);
        }
        let mut file = self.ready(key)?;
        let length = file.metadata()?.len();
        // Drops an entry that a crash cut short: it would misalign every entry after it.
        file.set_len(length - length.saturating_sub(HEAD as u64) % ENTRY as u64)?;
        file.write_all(&bytes)?;
        file.sync_all()
    }

    /// Opens the file for appending, locked; creates it if missing, and upgrades it to format 2.
    fn ready(&self, key: &MacKey) -> io::Result<File> {
        let start = read_bounded(&self.0, HEAD)?;
        if start.as_deref().is_some_and(has_head) {
            return self.locked();
        }
        let mut bytes = head(0);
        let old = bounded_bytes(&self.0, MAX_BYTES)?.unwrap_or_default();
        if read(&old, key, &mut |entry| entry.write(&mut bytes, key))? == Whole::No {
            return Err(io::Error::other("it is damaged, or not a tombstone file"));
        }
        write_whole(&self.0, &bytes)?;
        self.locked()
    }

    /// Reads the whole file.
    pub(in crate::barrier::anchor) fn read(&self, key: MacKey) -> io::Result<Tombstones> {
        let mut tombstones = Tombstones::none(key);
        let Some(bytes) = bounded_bytes(&self.0, MAX_BYTES)? else {
            return Ok(tombstones);
        };
        let mut entries = Vec::new();
        let whole = read(&bytes, &tombstones.key, &mut |entry| entries.push(entry))?;
        for entry in entries {
            tombstones.add(entry);
        }
        tombstones.damaged = whole == Whole::No;
        Ok(tombstones)
    }

    /// Rewrites the file without the entries that are no longer needed, once enough were appended.
    /// `latest` is the latest time that the store has seen.
    pub(in crate::barrier::anchor) fn compact(&self, key: MacKey, latest: Time) -> io::Result<()> {
        // Held to the end: a call that waits for this lock then notices that the file was replaced.
        let file = self.locked()?;
        let start = read_bounded(&self.0, HEAD)?.unwrap_or_default();
        let Some((left, _)) = split_head(&start)? else {
            return Ok(());
        };
        let entries = file.metadata()?.len().saturating_sub(HEAD as u64) / ENTRY as u64;
        if entries <= left.saturating_mul(2).saturating_add(SLACK) {
            return Ok(());
        }
        let tombstones = self.read(key)?;
        // A rewrite would drop the damaged entries, and with them the evidence of damage.
        if tombstones.damaged {
            return Ok(());
        }
        let needed = needed(&tombstones, latest);
        let mut bytes = head(needed.len() as u64);
        for entry in needed {
            entry.write(&mut bytes, &tombstones.key);
        }
        write_whole(&self.0, &bytes)
    }

    /// Opens and locks the current file. One that was replaced while waiting for the lock is
    /// reopened.
    fn locked(&self) -> io::Result<File> {
        loop {
            let file = private(OpenOptions::new().append(true)).open(&self.0)?;
            lock_or_give_up(&file)?;
            if self.is_current(&file)? {
                return Ok(file);
            }
        }
    }

    fn is_current(&self, file: &File) -> io::Result<bool> {
        let held = file.metadata()?;
        let there = fs::symlink_metadata(&self.0)?;
        Ok((held.dev(), held.ino()) == (there.dev(), there.ino()))
    }
}

/// Returns the entries that still matter at `latest`, in the order of names.
fn needed(tombstones: &Tombstones, latest: Time) -> Vec<Entry> {
    let mut of: HashMap<Name, Vec<Entry>> = HashMap::new();
    for entry in tombstones.held.values() {
        of.entry(entry.name).or_default().push(*entry);
    }
    let mut needed: Vec<Entry> = of
        .into_values()
        .flat_map(|entries| shortest(&entries))
        .collect();
    needed.retain(|entry| latest < entry.keep);
    needed.sort_by_key(|entry| (entry.name, entry.kind));
    needed
}

/// Returns the smallest set of one record's entries with the same meaning: a record that has ended
/// does not need its suspension or block.
fn shortest(entries: &[Entry]) -> Vec<Entry> {
    let end = entries
        .iter()
        .filter(|entry| entry.kind.is_final())
        .max_by_key(|entry| entry.keep);
    let Some(end) = end else {
        return entries.to_vec();
    };
    // A replaced token had a later expiry before: a backup may hold it with that.
    let lasting = entries.iter().filter(|entry| entry.kind.bounds_an_end());
    let keep = lasting.map(|entry| entry.keep).max().unwrap_or(end.keep);
    vec![Entry { keep, ..*end }]
}

/// Reads a whole file; fails if it is larger than `most` bytes.
fn bounded_bytes(path: &Path, most: usize) -> io::Result<Option<Vec<u8>>> {
    let bytes = read_bounded(path, most + 1)?;
    if bytes.as_ref().is_some_and(|bytes| bytes.len() > most) {
        return Err(io::Error::other(
            "there are more tombstones than can be read",
        ));
    }
    Ok(bytes)
}

/// Whether all of a file could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whole {
    Yes,
    No,
}

/// Visits the entries of a file of either format.
fn read(bytes: &[u8], key: &MacKey, visit: &mut dyn FnMut(Entry)) -> io::Result<Whole> {
    if let Some((_, entries)) = split_head(bytes)? {
        return Ok(read_entries(entries, key, visit));
    }
    // A header can be damaged like any other byte. Format 1 has no header to tell the formats apart
    // by.
    let behind = bytes.get(HEAD..).unwrap_or_default();
    let mut found = 0;
    read_entries(behind, key, &mut |entry| {
        found += 1;
        visit(entry);
    });
    if found > 0 {
        Ok(Whole::No)
    } else {
        Ok(read_format_1(bytes, visit))
    }
}

fn read_entries(bytes: &[u8], key: &MacKey, visit: &mut dyn FnMut(Entry)) -> Whole {
    let mut whole = Whole::Yes;
    for bytes in bytes.as_chunks::<ENTRY>().0 {
        match Entry::read(bytes, key) {
            Some(entry) => visit(entry),
            // A power failure left the allocated space empty; the change was never committed.
            None if bytes.iter().all(|byte| *byte == 0) => {}
            None => whole = Whole::No,
        }
    }
    whole
}

/// Reads format 1: revoked records, each with the time until when it matters, which is ignored.
fn read_format_1(bytes: &[u8], visit: &mut dyn FnMut(Entry)) -> Whole {
    let (entries, cut) = bytes.as_chunks::<ENTRY_1>();
    let mut revoked = Vec::with_capacity(entries.len());
    for entry in entries {
        let (Some(name), Some(until)) = (entry.first_chunk(), entry.last_chunk()) else {
            continue;
        };
        let until = i64::from_le_bytes(*until);
        if until != i64::MAX && !(1..=Time::LAST.seconds()).contains(&until) {
            return Whole::No;
        }
        let kind = Kind::Revoked;
        revoked.push(Entry {
            kind,
            name: *name,
            epoch: 0,
            end: NEVER,
            keep: NEVER,
        });
    }
    if revoked.is_empty() && !cut.is_empty() {
        return Whole::No;
    }
    revoked.into_iter().for_each(visit);
    Whole::Yes
}

#[cfg(test)]
mod tests;
