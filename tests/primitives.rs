//! The primitives against published vectors, and the promises of the types around them.
//!
//! T01, T28 and T38 of the claims, in their short forms.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of a test may fail as loudly as the test"
)]

use hallpass::crypto::{Argon2Params, Key};

mod memory;
mod parameters;
mod passwords;
mod process;
mod sealing;
mod tags;
mod vectors;

/// The cheapest hash that is still accepted.
const CHEAP: Argon2Params = Argon2Params {
    m_kib: 19 * 1024,
    t: 2,
    p: 1,
};

fn key(fill: u8) -> Key {
    Key::from_slice(&[fill; 32]).unwrap()
}
