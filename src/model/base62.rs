//! Base62 encoding of fixed-width big-endian numbers, used by tokens and their ids.
//!
//! Digits are `0-9A-Za-z`, left-padded with `0`. The width is fixed on both sides, so every number
//! has exactly one encoding.

use zeroize::Zeroizing;

const BASE: u32 = 62;

/// The longest number, in groups of four bytes, and its digits: the secret of a token.
const MOST_GROUPS: usize = 6;
const MOST_DIGITS: usize = 33;

/// How many digits make up a number below 2³², and the first number that has more.
const DIGITS_AT_ONCE: usize = 5;
const AT_ONCE: u64 = 62_u64.pow(5);

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Appends `number` to `out` in `width` digits. The length of `number` is a multiple of four bytes;
/// its highest digits are lost if they do not fit.
///
/// Intermediate values are wiped. `out` should have capacity for `width` more bytes: a string that
/// grows leaves its old bytes in freed memory.
pub(super) fn encode(number: &[u8], width: usize, out: &mut String) {
    let (groups, rest) = number.as_chunks::<4>();
    debug_assert!(rest.is_empty(), "numbers are of 4, 8 or 24 bytes");
    debug_assert!(groups.len() <= MOST_GROUPS && width <= MOST_DIGITS);
    let mut number = Zeroizing::new([0; MOST_GROUPS]);
    for (limb, group) in number.iter_mut().rev().zip(groups.iter().rev()) {
        *limb = u32::from_be_bytes(*group);
    }
    let mut digits = Zeroizing::new([b'0'; MOST_DIGITS]);
    for some in digits.rchunks_mut(DIGITS_AT_ONCE) {
        let mut part = divide(&mut *number);
        for digit in some.iter_mut().rev() {
            *digit = usize::try_from(part % BASE)
                .ok()
                .and_then(|at| DIGITS.get(at).copied())
                .unwrap_or(b'?');
            part /= BASE;
        }
    }
    let digits = digits.get(MOST_DIGITS.saturating_sub(width)..);
    out.extend(digits.into_iter().flatten().map(|c| *c as char));
}

/// Divides `number` by 62⁵ in place and returns the remainder.
fn divide(number: &mut [u32]) -> u32 {
    let mut remainder = 0_u64;
    for group in number {
        let part = remainder << 32 | u64::from(*group);
        // The remainder is below the divisor, so the quotient fits.
        *group = u32::try_from(part / AT_ONCE).unwrap_or(u32::MAX);
        remainder = part % AT_ONCE;
    }
    u32::try_from(remainder).unwrap_or(u32::MAX)
}

/// Decodes `digits` into `number`, whose length is a multiple of four bytes, 24 at most.
///
/// `None` if a character is not a digit or the number is too large for its width.
pub(super) fn decode(digits: &[u8], number: &mut [u8]) -> Option<()> {
    let (groups, rest) = number.as_chunks_mut::<4>();
    debug_assert!(rest.is_empty(), "numbers are of 4, 8 or 24 bytes");
    let mut limbs = Zeroizing::new([0_u32; MOST_GROUPS]);
    let limbs = limbs.get_mut(..groups.len())?;
    for digits in digits.chunks(DIGITS_AT_ONCE) {
        let (mut factor, mut part) = (1, 0);
        for digit in digits {
            factor *= BASE;
            part = part * BASE + u32::from(value(*digit)?);
        }
        multiply_add(limbs, factor, part)?;
    }
    for (group, limb) in groups.iter_mut().zip(limbs) {
        *group = limb.to_be_bytes();
    }
    Some(())
}

/// Multiplies `number` by `factor` in place and adds `more`.
fn multiply_add(number: &mut [u32], factor: u32, more: u32) -> Option<()> {
    let mut carry = more;
    for limb in number.iter_mut().rev() {
        // At most (2³² - 1)² + 2³² - 1, so the upper half fits.
        let part = u64::from(*limb) * u64::from(factor) + u64::from(carry);
        carry = u32::try_from(part >> 32).ok()?;
        *limb = u32::try_from(part & u64::from(u32::MAX)).ok()?;
    }
    (carry == 0).then_some(())
}

fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'Z' => Some(digit - b'A' + 10),
        b'a'..=b'z' => Some(digit - b'a' + 36),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encoded<const N: usize>(number: [u8; N], width: usize) -> String {
        let mut text = String::with_capacity(width);
        encode(&number, width, &mut text);
        text
    }

    #[test]
    fn the_largest_numbers_fill_their_groups_and_one_more_is_refused() {
        for (text, more, width) in [
            (encoded([255; 8], 11), "LygHa16AHYG", 8),
            (encoded([255; 4], 6), "4gfFC4", 4),
        ] {
            let mut number = vec![0; width];
            assert!(decode(text.as_bytes(), &mut number).is_some());
            assert_eq!(number, vec![255; width]);
            assert!(
                decode(more.as_bytes(), &mut number).is_none(),
                "{text} + 1 = {more}"
            );
        }
        assert!(decode(&[b'z'; 33], &mut [0; 24]).is_none());
    }

    #[test]
    fn what_is_no_digit_is_refused() {
        for text in ["00000-", "00000\u{e9}", "00 000"] {
            assert!(decode(text.as_bytes(), &mut [0; 4]).is_none());
        }
    }

    proptest! {
        #[test]
        fn numbers_survive_the_round_trip(number: [u8; 24]) {
            let text = encoded(number, 33);
            prop_assert_eq!(text.len(), 33);
            let mut back = [1; 24];
            prop_assert!(decode(text.as_bytes(), &mut back).is_some());
            prop_assert_eq!(back, number);
        }

        #[test]
        fn text_order_is_number_order(a: u64, b: u64) {
            let left = encoded(a.to_be_bytes(), 11);
            let right = encoded(b.to_be_bytes(), 11);
            prop_assert_eq!(a.cmp(&b), left.cmp(&right));
        }
    }
}
