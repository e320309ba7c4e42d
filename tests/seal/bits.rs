//! T02, T04: no bit of the file can change an answer, and no piece of it passes for the whole.

use super::attack_store::{AttackStore, refused, unchanged};

/// Flips one bit in every `stride` and asks everything; returns how many were refused.
fn flip(stride: usize) -> (usize, usize) {
    let lab = AttackStore::new();
    let (whole, truth) = (lab.bytes(), lab.answer().unwrap());
    let (mut flipped, mut refusals) = (0, 0);
    for bit in (0..whole.len() * 8).step_by(stride) {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        lab.put(&bytes);
        flipped += 1;
        refusals += usize::from(unchanged(&truth, lab.answer(), &format!("bit {bit}")));
    }
    (flipped, refusals)
}

#[test]
fn no_flipped_bit_changes_an_answer() {
    let (flipped, refusals) = flip(61);
    assert!(
        flipped > 1000,
        "the premise: a store of some size, not {flipped} bits"
    );
    assert!(
        refusals > flipped / 20,
        "the premise: some bits matter, not {refusals}"
    );
}

#[test]
#[ignore = "T02 in full takes minutes"]
fn full_no_flipped_bit_changes_an_answer() {
    flip(1);
}

/// Cuts the file at every multiple of `stride`.
fn truncate(stride: usize) {
    let lab = AttackStore::new();
    let (whole, truth) = (lab.bytes(), lab.answer().unwrap());
    for length in (0..whole.len()).step_by(stride) {
        lab.put(&whole[..length]);
        match lab.answer() {
            Err(error) => refused(&error, &format!("{length} bytes")),
            Ok(answer) => {
                // SQLite's own last page may be one that is free.
                assert_eq!(answer, truth, "{length} bytes changed an answer");
                assert!(
                    whole.len() - length <= 4096,
                    "{length} bytes pass for the store"
                );
            }
        }
    }
}

#[test]
fn a_piece_of_a_store_is_refused() {
    truncate(509);
}

#[test]
#[ignore = "T04 in full takes a minute"]
fn full_a_piece_of_a_store_is_refused() {
    truncate(1);
}

#[test]
fn what_was_never_a_store_is_refused() {
    let lab = AttackStore::new();
    for bytes in [
        &b"SQLite format 3\0"[..],
        b"hello",
        &[0; 8192],
        &[0xff; 8192],
    ] {
        lab.put(bytes);
        refused(&lab.answer().unwrap_err(), "a foreign file");
    }
}
