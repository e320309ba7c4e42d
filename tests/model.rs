//! Plain data: what gets in, what it reads as, and what a verdict makes of it.

mod address;
mod audit;
mod doors;
mod mail;
mod stored;
mod time;
mod token;
mod verdict;
mod words;

use std::fmt::Display;
use std::str::FromStr;

use hallpass::entropy::{Entropy, NoRandomness};
use hallpass::model::invalid::Invalid;

/// Different bytes at every call, the same ones in every run (`SplitMix64`).
pub(crate) struct Repeatable(pub(crate) u64);

impl Entropy for Repeatable {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), NoRandomness> {
        for chunk in out.chunks_mut(8) {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut word = self.0;
            word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(word ^ word >> 31).to_be_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

fn refusal<T: FromStr<Err = Invalid>>(text: &str) -> Option<Invalid> {
    text.parse::<T>().err()
}

fn read<T: FromStr<Err = Invalid> + Display>(text: &str) -> Option<String> {
    text.parse::<T>().ok().map(|value| value.to_string())
}

/// Asserts that each text is read, and shown as it was given.
#[track_caller]
fn are_read<T: FromStr<Err = Invalid> + Display>(texts: &[&str]) {
    for text in texts {
        assert_eq!(read::<T>(text).as_deref(), Some(*text));
    }
}

#[track_caller]
fn are_refused<T: FromStr<Err = Invalid> + Display>(texts: &[&str]) {
    for text in texts {
        assert_eq!(read::<T>(text), None, "{text:?}");
    }
}
