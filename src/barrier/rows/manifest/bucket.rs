//! The range of keys that a sum covers.

use crate::backend::Want;

/// One of the two tables that the manifest covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::barrier) enum Space {
    Objects,
    Index,
}

impl Space {
    /// The table, for messages.
    pub(in crate::barrier) fn table(self) -> &'static str {
        match self {
            Self::Objects => "obj",
            Self::Index => "idx",
        }
    }

    /// The read to announce for the keys from the first to the last.
    pub(in crate::barrier) fn range(self, (first, last): ([u8; 16], [u8; 16])) -> Want {
        match self {
            Self::Objects => Want::Objects(first, last),
            Self::Index => Want::Index(first, last),
        }
    }

    /// The number of the manifest row that covers the keys starting with `top`.
    pub(in crate::barrier) fn row(self, top: u8) -> u16 {
        match self {
            Self::Objects => 1 + u16::from(top),
            Self::Index => 257 + u16::from(top),
        }
    }

    /// The table that manifest row `b`, 1 to 512, covers, and the first byte of its keys.
    pub(in crate::barrier) fn covered_by(b: u16) -> Option<(Self, u8)> {
        let spaces = [Self::Objects, Self::Index].into_iter();
        let mut tops = spaces.map(|space| (space, b.wrapping_sub(space.row(0))));
        tops.find_map(|(space, top)| Some((space, u8::try_from(top).ok()?)))
    }

    /// The first and the last key that start with `top`.
    pub(in crate::barrier) fn bounds(self, top: u8) -> ([u8; 16], [u8; 16]) {
        let bucket = |next| Bucket {
            space: self,
            top,
            next,
        };
        (bucket(0).bound(0), bucket(u8::MAX).bound(u8::MAX))
    }
}

/// The number of buckets of one table.
pub(in crate::barrier) const BUCKETS: u64 = 1 << 16;

/// A contiguous range of keys that share one sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::barrier) struct Bucket {
    pub(in crate::barrier) space: Space,
    /// First byte of the keys, which selects the manifest row.
    pub(in crate::barrier) top: u8,
    /// Second byte, which selects the sum in that row.
    pub(in crate::barrier) next: u8,
}

impl Bucket {
    /// The bucket that `key` belongs to.
    pub(in crate::barrier) fn of(space: Space, key: &[u8; 16]) -> Self {
        let [top, next, ..] = *key;
        Self { space, top, next }
    }

    pub(in crate::barrier) fn row(self) -> u16 {
        self.space.row(self.top)
    }

    /// The first and the last key of the bucket.
    pub(in crate::barrier) fn bounds(self) -> ([u8; 16], [u8; 16]) {
        (self.bound(0), self.bound(u8::MAX))
    }

    fn bound(self, fill: u8) -> [u8; 16] {
        let mut key = [fill; 16];
        let [top, next, ..] = &mut key;
        (*top, *next) = (self.top, self.next);
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_row_covers_a_part_of_one_table() {
        assert_eq!([0, 513].map(Space::covered_by), [None, None]);
        for (space, b) in [(Space::Objects, 1), (Space::Index, 257)] {
            for top in [0, 1, 255] {
                assert_eq!(Space::covered_by(b + u16::from(top)), Some((space, top)));
                assert_eq!(space.row(top), b + u16::from(top));
            }
        }
    }
}
