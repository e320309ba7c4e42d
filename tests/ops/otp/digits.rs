//! What a code is, and how it is read.

use hallpass::entropy::{Entropy, NoRandomness};

use super::*;

#[test]
fn blanks_and_dashes_do_not_matter_and_nothing_else_is_let_through() {
    let code = "12345678";
    for spelled in ["12345678", " 1234 5678\r\n", "1234-5678", "\t12-34-56-78 "] {
        assert_eq!(Code::parse(spelled).unwrap().expose(), code, "{spelled:?}");
    }
    let long = " ".repeat(64) + code;
    let unicode = "１２３４５６７８";
    let arabic = "١٢٣٤٥٦٧٨";
    for malformed in [
        "",
        "1234567",
        "123456789",
        "1234567a",
        "+1234567",
        "1234\u{a0}5678",
        unicode,
        arabic,
        &long,
    ] {
        assert!(Code::parse(malformed).is_err(), "{malformed:?}");
    }
}

#[test]
fn codes_are_spread_over_all_eight_digits() {
    let mut bench = TestStore::new();
    let mut first = [0_u32; 10];
    for _ in 0..2000 {
        let code = Code::generate(&mut *bench.core.entropy).unwrap();
        assert_eq!(code.expose().len(), 8);
        first[usize::from(code.expose().as_bytes()[0] - b'0')] += 1;
    }
    assert!(
        first.iter().all(|count| (120..=280).contains(count)),
        "{first:?}"
    );
}

/// Hands out these numbers, each as four bytes.
struct Numbers(Vec<u32>);

impl Entropy for Numbers {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), NoRandomness> {
        out.copy_from_slice(&self.0.remove(0).to_le_bytes());
        Ok(())
    }
}

#[test]
fn a_code_is_as_likely_as_any_other() {
    // What lies above the last whole multiple of 10^8 is drawn anew.
    let mut numbers = Numbers(vec![u32::MAX, 4_200_000_000, 4_199_999_999, 0, 100_000_007]);
    for code in ["99999999", "00000000", "00000007"] {
        assert_eq!(Code::generate(&mut numbers).unwrap().expose(), code);
    }
    assert!(numbers.0.is_empty());
}
