//! Which buckets have tokens.

use std::sync::Arc;

/// The numbers of the buckets that have tokens, ascending. Copies share it until it changes.
#[derive(Clone, Default)]
pub(super) struct Occupied(Arc<Vec<u16>>);

impl Occupied {
    /// Notes whether a bucket has tokens.
    pub(super) fn set(&mut self, number: u16, has_tokens: bool) {
        match (self.0.binary_search(&number), has_tokens) {
            (Err(at), true) => Arc::make_mut(&mut self.0).insert(at, number),
            (Ok(at), false) => drop(Arc::make_mut(&mut self.0).remove(at)),
            _ => (),
        }
    }

    /// One of them, by a number that may be any: found in one step, however many are empty. A search
    /// would take longer the fewer there are, and tell that it took place.
    pub(super) fn pick(&self, number: u16) -> Option<u16> {
        let at = usize::from(number) * self.0.len() / (usize::from(u16::MAX) + 1);
        self.0.get(at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_picks_one_with_tokens_and_each_is_picked() {
        let mut occupied = Occupied::default();
        assert_eq!(occupied.pick(7), None);
        for number in [9, 0, u16::MAX, 300, 9] {
            occupied.set(number, true);
        }
        let copy = occupied.clone();
        let picked = |from: &Occupied| {
            let mut all: Vec<_> = (0..=u16::MAX).map(|any| from.pick(any).unwrap()).collect();
            all.dedup();
            all
        };
        assert_eq!(picked(&occupied), [0, 9, 300, u16::MAX]);
        occupied.set(9, false);
        occupied.set(8, false);
        assert_eq!(picked(&occupied), [0, 300, u16::MAX]);
        assert_eq!(picked(&copy), [0, 9, 300, u16::MAX]);
    }
}
