//! 65,536 cells that copies share until they change.

use std::sync::Arc;

/// A cell for each number of 16 bits. A clone shares everything, and a change copies only the row of
/// the cell: 256 pointers.
pub(super) struct Grid<T> {
    rows: Vec<Option<Arc<Row<T>>>>,
}

/// The cells whose numbers start with the same byte.
type Row<T> = [Option<Arc<T>>; 256];

impl<T> Grid<T> {
    /// All cells empty.
    pub(super) fn empty() -> Self {
        Self {
            rows: vec![None; 256],
        }
    }

    /// What is in a cell.
    pub(super) fn get(&self, number: u16) -> Option<&Arc<T>> {
        let [top, next] = number.to_be_bytes();
        let row = self.rows.get(usize::from(top))?.as_ref()?;
        row.get(usize::from(next))?.as_ref()
    }

    /// Replaces what is in a cell.
    pub(super) fn set(&mut self, number: u16, content: Option<T>) {
        let [top, next] = number.to_be_bytes();
        let Some(row) = self.rows.get_mut(usize::from(top)) else {
            return;
        };
        let row = row.get_or_insert_with(|| Arc::new([const { None }; 256]));
        if let Some(cell) = Arc::make_mut(row).get_mut(usize::from(next)) {
            *cell = content.map(Arc::new);
        }
    }
}

// Not derived: `T` need not be cloned.
impl<T> Clone for Grid<T> {
    fn clone(&self) -> Self {
        Self {
            rows: self.rows.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_does_not_see_what_changes_later() {
        let mut grid = Grid::empty();
        grid.set(0x0102, Some("old"));
        let copy = grid.clone();
        grid.set(0x0102, Some("new"));
        grid.set(0xffff, Some("more"));
        assert_eq!(copy.get(0x0102).map(|cell| **cell), Some("old"));
        assert_eq!(copy.get(0xffff), None);
        assert_eq!(grid.get(0x0102).map(|cell| **cell), Some("new"));
        grid.set(0x0102, None);
        assert_eq!(grid.get(0x0102), None);
    }
}
