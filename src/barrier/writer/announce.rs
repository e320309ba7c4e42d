//! Announcing what sealing the changes will read, so that remote storage returns it at once.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Writer;
use crate::backend::Want;
use crate::barrier::reader::Announced;
use crate::barrier::rows::manifest::{Bucket, Space};
use crate::error::Result;

impl Writer<'_> {
    /// Announces the buckets that are about to change, with their manifest rows: the sums are updated,
    /// and what was written is compared with them.
    pub(super) fn announce_changes(&self) -> Result<()> {
        if !self.tx.fetches() {
            return Ok(());
        }
        let staged = self.staged.iter();
        let objects = staged
            .filter(|(_, staged)| staged.old.is_some() || staged.new.is_some())
            .map(|(id, _)| Bucket::of(Space::Objects, id.bytes()));
        let entries = self.entries.iter();
        let entries = entries
            .filter(|(_, change)| change.old != change.new)
            .map(|(h, _)| Bucket::of(Space::Index, h));
        let mut changed: BTreeMap<(Space, u8), BTreeSet<Bucket>> = BTreeMap::new();
        for bucket in objects.chain(entries) {
            let row = changed.entry((bucket.space, bucket.top)).or_default();
            row.insert(bucket);
        }
        let mut announced = Announced::default();
        for ((space, top), buckets) in changed {
            if self.is_worth_all(space, buckets.len()) {
                let whole = [Want::Man(space.row(top)), space.range(space.bounds(top))];
                announced.others.extend(whole);
            } else {
                announced.buckets.extend(buckets);
            }
        }
        self.fetch_announced(announced)
    }
}
