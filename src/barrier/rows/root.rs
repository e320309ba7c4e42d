//! The root: manifest row 0, sealed, which authenticates everything else in the file.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::codec::Cursor;
use super::manifest::{Sum, padded};
use crate::backend::Fault;
use crate::error::{Error, Result};
use crate::model::time::Time;

const VERSION: u16 = 1;
/// The number of manifest rows that a root covers: 1 to 512.
const ROWS: usize = 512;

/// The state of the whole store at one epoch.
#[derive(Clone)]
pub(in crate::barrier) struct Root {
    /// Changed by a restore and by an accepted rollback, so that diverged histories never merge.
    pub(in crate::barrier) incarnation: [u8; 16],
    /// Incremented by each transaction.
    pub(in crate::barrier) epoch: u64,
    pub(in crate::barrier) header_gen: u64,
    pub(in crate::barrier) header_hash: [u8; 32],
    pub(in crate::barrier) keyring_gen: u64,
    pub(in crate::barrier) keyring_tag: [u8; 16],
    pub(in crate::barrier) objects: u64,
    pub(in crate::barrier) entries: u64,
    /// The lengths of the store's own lists; the schema assigns the counters.
    pub(in crate::barrier) lists: [u64; 4],
    /// First log row kept, and the chain's head just before it.
    pub(in crate::barrier) log_first: u64,
    pub(in crate::barrier) log_first_head: [u8; 32],
    /// Newest log row, and the chain's head there.
    pub(in crate::barrier) log_last: u64,
    pub(in crate::barrier) log_head: [u8; 32],
    /// The latest time of any change.
    pub(in crate::barrier) wall_max: Time,
    /// Imported tokens, tombstones included.
    pub(in crate::barrier) imports: u64,
    /// The time before which the store's own records may be incomplete: a backup was restored then,
    /// or an older file or another history was accepted.
    pub(in crate::barrier) known_from: Time,
    /// The sums of manifest rows 1 to 512. Shared by copies until they change.
    sums: Arc<[Sum; ROWS]>,
}

impl Root {
    /// The root of an empty store.
    pub(in crate::barrier) fn new(incarnation: [u8; 16], now: Time) -> Self {
        Self {
            incarnation,
            epoch: 0,
            header_gen: 0,
            header_hash: [0; 32],
            keyring_gen: 0,
            keyring_tag: [0; 16],
            objects: 0,
            entries: 0,
            lists: [0; 4],
            log_first: 1,
            log_first_head: [0; 32],
            log_last: 0,
            log_head: [0; 32],
            wall_max: now,
            imports: 0,
            known_from: Time::from_seconds(0),
            sums: Arc::new([Sum::default(); ROWS]),
        }
    }

    /// The sum of manifest row `b`, 1 to 512.
    pub(in crate::barrier) fn sum(&self, b: u16) -> Sum {
        self.sums
            .get(usize::from(b).wrapping_sub(1))
            .copied()
            .unwrap_or_default()
    }

    pub(in crate::barrier) fn set_sum(&mut self, b: u16, sum: Sum) {
        let sums = Arc::make_mut(&mut self.sums);
        if let Some(place) = sums.get_mut(usize::from(b).wrapping_sub(1)) {
            *place = sum;
        }
    }

    /// How many manifest rows are not empty.
    pub(in crate::barrier) fn sums(&self) -> u64 {
        self.sums.iter().filter(|sum| !sum.is_zero()).count() as u64
    }

    /// The length of the list with counter `n`; `None` if there is no such counter.
    pub(in crate::barrier) fn count(&self, n: usize) -> Option<u64> {
        self.lists.get(n).copied()
    }

    /// As [`Self::count`], for changing it.
    pub(in crate::barrier) fn count_mut(&mut self, n: usize) -> Option<&mut u64> {
        self.lists.get_mut(n)
    }

    pub(in crate::barrier) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let held: Vec<_> = (1u16..)
            .zip(self.sums.iter())
            .filter(|(_, sum)| !sum.is_zero())
            .collect();
        let mut plain = Zeroizing::new(Vec::with_capacity(padded(FIXED + held.len() * 34)));
        plain.extend_from_slice(&VERSION.to_le_bytes());
        plain.extend_from_slice(&self.incarnation);
        put_u64s(&mut plain, &[self.epoch, self.header_gen]);
        plain.extend_from_slice(&self.header_hash);
        put_u64s(&mut plain, &[self.keyring_gen]);
        plain.extend_from_slice(&self.keyring_tag);
        put_u64s(&mut plain, &[self.objects, self.entries]);
        put_u64s(&mut plain, &self.lists);
        put_u64s(&mut plain, &[self.log_first]);
        plain.extend_from_slice(&self.log_first_head);
        put_u64s(&mut plain, &[self.log_last]);
        plain.extend_from_slice(&self.log_head);
        plain.extend_from_slice(&self.wall_max.seconds().to_le_bytes());
        put_u64s(&mut plain, &[self.imports]);
        plain.extend_from_slice(&self.known_from.seconds().to_le_bytes());
        plain.extend_from_slice(&u16::try_from(held.len()).unwrap_or(u16::MAX).to_le_bytes());
        for (b, sum) in held {
            plain.extend_from_slice(&b.to_le_bytes());
            plain.extend_from_slice(&sum.to_bytes());
        }
        let size = padded(plain.len());
        plain.resize(size, 0);
        plain
    }

    pub(in crate::barrier) fn decode(plain: &[u8]) -> Result<Self> {
        let mut cursor = Cursor::new(plain, "the manifest's root");
        if cursor.u16()? != VERSION {
            return Err(Fault::NewerFormat("manifest version".into()).into());
        }
        let mut root = Self::new(cursor.array()?, Time::from_seconds(0));
        root.epoch = cursor.u64()?;
        root.header_gen = cursor.u64()?;
        root.header_hash = cursor.array()?;
        root.keyring_gen = cursor.u64()?;
        root.keyring_tag = cursor.array()?;
        root.objects = cursor.u64()?;
        root.entries = cursor.u64()?;
        for list in &mut root.lists {
            *list = cursor.u64()?;
        }
        root.log_first = cursor.u64()?;
        root.log_first_head = cursor.array()?;
        root.log_last = cursor.u64()?;
        root.log_head = cursor.array()?;
        root.wall_max = Time::from_seconds(cursor.i64()?);
        root.imports = cursor.u64()?;
        root.known_from = Time::from_seconds(cursor.i64()?);
        for _ in 0..cursor.u16()? {
            let b = cursor.u16()?;
            if !(1..=512).contains(&b) {
                return Err(Error::Integrity(
                    "the manifest names an impossible row".into(),
                ));
            }
            root.set_sum(b, Sum::from_bytes(cursor.array()?));
        }
        cursor.only_padding_left()?;
        Ok(root)
    }
}

/// Bytes before the sums.
const FIXED: usize = 2 + 16 + 16 + 32 + 8 + 16 + 16 + 32 + 8 + 32 + 8 + 32 + 8 + 8 + 8 + 2;

fn put_u64s(plain: &mut Vec<u8>, values: &[u64]) {
    for value in values {
        plain.extend_from_slice(&value.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_comes_back_as_it_was() {
        let mut root = Root::new([7; 16], Time::from_seconds(1_700_000_000));
        (root.epoch, root.objects, root.lists) = (9, 12, [1, 2, 3, 4]);
        (root.imports, root.known_from) = (5, Time::from_seconds(1_600_000_000));
        root.set_sum(1, Sum::from_bytes([1; 32]));
        root.set_sum(512, Sum::from_bytes([2; 32]));
        let again = Root::decode(&root.encode()).unwrap();
        assert_eq!(again.encode(), root.encode());
        assert_eq!(again.sum(512), Sum::from_bytes([2; 32]));
        assert_eq!(again.lists, [1, 2, 3, 4]);
        assert_eq!(
            (again.imports, again.known_from),
            (root.imports, root.known_from)
        );
    }

    #[test]
    fn a_root_names_the_rows_that_there_can_be_and_nothing_behind_them() {
        let mut root = Root::new([7; 16], Time::from_seconds(1));
        (493..=512).for_each(|b| root.set_sum(b, Sum::from_bytes([1; 32])));
        let plain = root.encode();
        assert_eq!(plain.capacity(), plain.len(), "no copy was left behind");
        let decoded = |change: &dyn Fn(&mut [u8])| {
            let mut plain = plain.clone();
            change(&mut plain);
            Root::decode(&plain).map(drop).map_err(|it| it.to_string())
        };
        assert_eq!(decoded(&|_| ()), Ok(()));
        for b in [0u16, 513] {
            let error = decoded(&|plain| plain[FIXED..FIXED + 2].copy_from_slice(&b.to_le_bytes()));
            assert!(error.unwrap_err().contains("impossible row"), "{b}");
        }
        let error = decoded(&|plain| *plain.last_mut().unwrap() = 1);
        assert!(error.unwrap_err().contains("trailing bytes"));
    }
}
