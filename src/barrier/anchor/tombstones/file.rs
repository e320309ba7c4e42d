//! The file of a store's tombstones: added to, read, and rewritten without what nobody needs.

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

/// An entry of format 1: who is revoked, and until when it matters.
const ENTRY_1: usize = 32 + 8;
/// 12 million entries: beyond that none is taken for granted.
const MOST: usize = 1 << 30;
/// How many entries may be added before it is worth looking whether all are needed.
const SLACK: u64 = 1024;

/// The file of one store's tombstones.
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

    /// Adds what a change comes to, forced to disk.
    pub(in crate::barrier::anchor) fn record(
        &self,
        tombstones: &[Tombstone],
        epoch: u64,
        key: &MacKey,
    ) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(tombstones.len() * ENTRY);
        for tombstone in tombstones {
            tombstone.entry(epoch, key).write(&mut bytes, key);
        }
        let mut file = self.ready(key)?;
        let length = file.metadata()?.len();
        // What a crash cut short would shift everything behind it.
        file.set_len(length - length.saturating_sub(HEAD as u64) % ENTRY as u64)?;
        file.write_all(&bytes)?;
        file.sync_all()
    }

    /// The file, locked, to be added to: made if there is none, and brought to format 2.
    fn ready(&self, key: &MacKey) -> io::Result<File> {
        let start = read_bounded(&self.0, HEAD)?;
        if start.as_deref().is_some_and(has_head) {
            return self.locked();
        }
        let mut bytes = head(0);
        let old = bounded_bytes(&self.0)?.unwrap_or_default();
        if read(&old, key, &mut |entry| entry.write(&mut bytes, key))? == Whole::No {
            return Err(io::Error::other("it is damaged, or not a tombstone file"));
        }
        write_whole(&self.0, &bytes)?;
        self.locked()
    }

    /// Reads all of them.
    pub(in crate::barrier::anchor) fn read(&self, key: MacKey) -> io::Result<Tombstones> {
        let mut tombstones = Tombstones::none(key);
        let Some(bytes) = bounded_bytes(&self.0)? else {
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

    /// Rewrites the file without what nobody needs to know any more, once enough was added. `latest` is
    /// the latest time that the store has seen.
    pub(in crate::barrier::anchor) fn compact(&self, key: MacKey, latest: Time) -> io::Result<()> {
        // Held to the end: who waits for it to add something finds that it was replaced.
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
        // That some are damaged must stay to be seen.
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

    /// The file, to be added to. One that was replaced while it was waited for is not it.
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

/// What still has to be known at `latest`, in the order of names.
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

/// The entries of one record that are not said by another: one that has ended is neither suspended nor
/// blocked.
fn shortest(entries: &[Entry]) -> Vec<Entry> {
    let end = entries
        .iter()
        .filter(|entry| entry.kind.is_final())
        .max_by_key(|entry| entry.keep);
    let Some(end) = end else {
        return entries.to_vec();
    };
    // A token that was replaced had a later end before: a backup may hold it with that.
    let lasting = entries.iter().filter(|entry| entry.kind.bounds_an_end());
    let keep = lasting.map(|entry| entry.keep).max().unwrap_or(end.keep);
    vec![Entry { keep, ..*end }]
}

/// The bytes of a file, none of which may be left out.
fn bounded_bytes(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let bytes = read_bounded(path, MOST + 1)?;
    if bytes.as_ref().is_some_and(|bytes| bytes.len() > MOST) {
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

/// Visits what a file of either format says.
fn read(bytes: &[u8], key: &MacKey, visit: &mut dyn FnMut(Entry)) -> io::Result<Whole> {
    if let Some((_, entries)) = split_head(bytes)? {
        return Ok(read_entries(entries, key, visit));
    }
    // A head can be damaged like anything else. Format 1 has neither a head nor anything to tell it by.
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
            // A power cut kept the room for it, and its change was never made.
            None if bytes.iter().all(|byte| *byte == 0) => {}
            None => whole = Whole::No,
        }
    }
    whole
}

/// Format 1: who is revoked, and until when it matters, which is not looked at.
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
