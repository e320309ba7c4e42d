//! Base62 encoding of fixed-width big-endian numbers, used by tokens and their ids.
//!
//! Digits are `0-9A-Za-z`, left-padded with `0`. The width is fixed on both sides, so every number
//! has exactly one encoding.

use zeroize::Zeroizing;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Appends `number` to `out` in `width` digits. The length of `number` is a multiple of four bytes;
/// its highest digits are lost if they do not fit.
///
/// Intermediate values are wiped. `out` should have capacity for `width` more bytes: a string that
/// grows leaves its old bytes in freed memory.
pub(super) fn encode(number: &[u8], width: usize, out: &mut String) {
    let (groups, rest) = number.as_chunks::<4>();
    debug_assert!(rest.is_empty(), "numbers are of 4, 8 or 24 bytes");
    let mut number = Zeroizing::new(Vec::with_capacity(groups.len()));
    number.extend(groups.iter().map(|group| u32::from_be_bytes(*group)));
    let mut digits = Zeroizing::new(vec![0; width]);
    for digit in digits.iter_mut().rev() {
        *digit = divide(&mut number);
    }
    out.extend(
        digits
            .iter()
            .filter_map(|digit| DIGITS.get(usize::from(*digit)))
            .map(|c| *c as char),
    );
}

/// Divides `number` by 62 in place and returns the remainder.
fn divide(number: &mut [u32]) -> u8 {
    let mut remainder = 0_u64;
    for group in number {
        let part = remainder << 32 | u64::from(*group);
        // The remainder is below 62, so the quotient fits.
        *group = u32::try_from(part / 62).unwrap_or(u32::MAX);
        remainder = part % 62;
    }
    u8::try_from(remainder).unwrap_or(u8::MAX)
}

/// Decodes `digits` into `number`.
///
/// `None` if a character is not a digit or the number is too large for its width.
pub(super) fn decode(digits: &[u8], number: &mut [u8]) -> Option<()> {
    number.fill(0);
    digits
        .iter()
        .try_for_each(|c| multiply_add(number, value(*c)?))
}

/// Multiplies `number` by 62 in place and adds `digit`.
fn multiply_add(number: &mut [u8], digit: u8) -> Option<()> {
    let mut carry = digit;
    for byte in number.iter_mut().rev() {
        let part = u16::from(*byte) * 62 + u16::from(carry);
        [carry, *byte] = part.to_be_bytes();
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
