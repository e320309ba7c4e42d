//! Randomness that is the same in each run, so that a finding can be repeated.

use hallpass::entropy::{Entropy, NoRandomness};

/// `SplitMix64`.
#[derive(Debug, Clone)]
pub struct Chance(pub u64);

impl Entropy for Chance {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), NoRandomness> {
        for byte in out {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let word = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (word >> 56) as u8;
        }
        Ok(())
    }
}
