//! Chance that can be had again: of a number, always the same.

use hallpass::entropy::{Entropy, NoRandomness};

/// `SplitMix64`.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn of(number: u64) -> Self {
        Self(number.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Whether a thing happens that happens once in so many times.
    pub(crate) fn maybe(&mut self, once_in: u64) -> bool {
        self.below(once_in) == 0
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    pub(crate) fn pick<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        let at = self.below(things.len() as u64);
        &things[usize::try_from(at).unwrap()]
    }
}

/// Randomness of a test that does the same thing twice, and compares.
impl Entropy for Chance {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), NoRandomness> {
        for byte in out {
            *byte = self.byte();
        }
        Ok(())
    }
}
