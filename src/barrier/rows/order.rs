//! Checks on a range of rows while it is being read.

use crate::backend::Fault;

/// Checks that the rows of a range are inside it, ascending, and no more than the root counts.
///
/// A damaged tree can lead to the same page repeatedly and yield far more rows than the file has
/// bytes for. They are refused as they arrive, before anything is allocated for them.
pub(in crate::barrier) struct RowOrder {
    table: &'static str,
    left: u64,
    /// The smallest key that the next row may have.
    from: Option<[u8; 16]>,
    last: [u8; 16],
}

impl RowOrder {
    pub(in crate::barrier) fn of(
        table: &'static str,
        most: u64,
        (first, last): ([u8; 16], [u8; 16]),
    ) -> Self {
        Self {
            table,
            left: most,
            from: Some(first),
            last,
        }
    }

    pub(in crate::barrier) fn step(&mut self, key: [u8; 16]) -> Result<(), Fault> {
        let ascends = self.from.is_some_and(|from| from <= key) && key <= self.last;
        self.from = u128::from_be_bytes(key)
            .checked_add(1)
            .map(u128::to_be_bytes);
        match self.left.checked_sub(1) {
            Some(left) if ascends => self.left = left,
            _ => {
                return Err(Fault::Corrupt(format!(
                    "`{}` has impossible rows",
                    self.table
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(most: u64, keys: &[u8]) -> Result<(), Fault> {
        let mut order = RowOrder::of("obj", most, ([1; 16], [9; 16]));
        keys.iter().try_for_each(|key| order.step([*key; 16]))
    }

    #[test]
    fn rows_ascend_and_are_no_more_than_there_are() {
        assert!(walk(3, &[]).is_ok() && walk(3, &[1, 2, 9]).is_ok());
        for (most, keys) in [(2, &[1, 2, 9][..]), (0, &[1]), (3, &[1, 1]), (3, &[2, 1])] {
            assert!(
                matches!(walk(most, keys), Err(Fault::Corrupt(_))),
                "{most} {keys:?}"
            );
        }
    }

    #[test]
    fn rows_lie_in_the_range() {
        for keys in [&[0][..], &[10], &[5, 10], &[255], &[5, 0]] {
            assert!(matches!(walk(3, keys), Err(Fault::Corrupt(_))), "{keys:?}");
        }
        let mut all = RowOrder::of("obj", 3, ([0; 16], [255; 16]));
        all.step([255; 16]).unwrap();
        assert!(
            all.step([255; 16]).is_err(),
            "nothing comes behind the last key"
        );
    }
}
