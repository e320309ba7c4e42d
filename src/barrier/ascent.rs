//! What a range of rows must be like while it is being read.

use crate::backend::Fault;

/// Rows of a range, which come in ascending order and are no more than the root counts.
///
/// A damaged tree can lead to the same page again and again, and so yield far more rows than the file
/// has room for; they are refused as they come, before anything is made of them.
pub(super) struct Ascent {
    table: &'static str,
    left: u64,
    last: Option<[u8; 16]>,
}

impl Ascent {
    pub(super) fn of(table: &'static str, most: u64) -> Self {
        Self { table, left: most, last: None }
    }

    pub(super) fn step(&mut self, key: [u8; 16]) -> Result<(), Fault> {
        let ascends = self.last.replace(key).is_none_or(|last| last < key);
        match self.left.checked_sub(1) {
            Some(left) if ascends => self.left = left,
            _ => return Err(Fault::Corrupt(format!("`{}` has rows that cannot be", self.table))),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(most: u64, keys: &[u8]) -> Result<(), Fault> {
        let mut ascent = Ascent::of("obj", most);
        keys.iter().try_for_each(|key| ascent.step([*key; 16]))
    }

    #[test]
    fn rows_ascend_and_are_no_more_than_there_are() {
        assert!(walk(3, &[]).is_ok() && walk(3, &[1, 2, 9]).is_ok());
        for (most, keys) in [(2, &[1, 2, 9][..]), (0, &[1]), (3, &[1, 1]), (3, &[2, 1])] {
            assert!(matches!(walk(most, keys), Err(Fault::Corrupt(_))), "{most} {keys:?}");
        }
    }
}
