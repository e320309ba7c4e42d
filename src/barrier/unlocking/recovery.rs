//! Recovery codes: 160 random bits that a person can copy from paper.
//!
//! 32 Crockford base32 characters and 4 check characters, in nine groups of four. The check is the
//! first 20 bits of SHA-256 over the 20 bytes, so that a typo is told apart from a wrong code
//! before the store is opened.

use zeroize::Zeroizing;

use crate::crypto::hash;
use crate::entropy::Entropy;
use crate::error::Result;
use crate::model::invalid::Invalid;
use crate::secret::SecretText;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BYTES: usize = 20;
const CHARACTERS: usize = 36;
/// The length of a code in groups, with dashes.
const LENGTH: usize = CHARACTERS + 8;
/// The length of a code in groups, with its newline.
const LINE_LENGTH: usize = LENGTH + 1;

/// A recovery code.
pub struct RecoveryCode(Zeroizing<[u8; BYTES]>);

impl RecoveryCode {
    /// Generates a code.
    ///
    /// # Errors
    ///
    /// [`Error::NoRandomness`](crate::Error::NoRandomness) if the system gives none.
    pub fn generate(entropy: &mut dyn Entropy) -> Result<Self> {
        let mut bytes = Zeroizing::new([0; BYTES]);
        entropy.fill(&mut *bytes)?;
        Ok(Self(bytes))
    }

    /// Parses a code as a person types it: in any case, with spaces and dashes anywhere, `O` for 0,
    /// `I` and `L` for 1.
    ///
    /// # Errors
    ///
    /// [`Invalid`], with what is wrong; it never repeats the input.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let digits = digits(text)?;
        let mut bits = Bits::default();
        let mut bytes = Zeroizing::new([0; BYTES]);
        let mut output = bytes.iter_mut();
        for digit in digits.iter().take(32) {
            if let Some(byte) = bits.push(*digit)
                && let Some(next) = output.next()
            {
                *next = byte;
            }
        }
        let code = Self(bytes);
        if digits.get(32..) == Some(&code.check()[..]) {
            return Ok(code);
        }
        Err(Invalid::new(
            "a recovery code",
            "its check characters are wrong; a character was mistyped",
        ))
    }

    /// Formats the code as nine groups of four, with dashes.
    pub fn encode(&self) -> SecretText {
        let mut text = String::with_capacity(LENGTH);
        for (n, digit) in self.digits().iter().enumerate() {
            if n > 0 && n % 4 == 0 {
                text.push('-');
            }
            text.push(
                ALPHABET
                    .get(usize::from(*digit))
                    .copied()
                    .map_or('0', char::from),
            );
        }
        SecretText::new(text)
    }

    /// The code and a newline, for display and for a file.
    pub fn line(&self) -> SecretText {
        let mut line = String::with_capacity(LINE_LENGTH);
        line.push_str(self.encode().expose());
        line.push('\n');
        SecretText::new(line)
    }

    /// Whether `typed` is group `n` of the nine, counted from 0.
    pub fn has_group(&self, n: usize, typed: &str) -> bool {
        let spelled = self.encode();
        let group = spelled.expose().split('-').nth(n).unwrap_or_default();
        typed
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(canonical)
            .eq(group.chars())
    }

    pub(in crate::barrier) fn expose(&self) -> &[u8] {
        &*self.0
    }

    fn digits(&self) -> Zeroizing<Vec<u8>> {
        let mut digits = Zeroizing::new(Vec::with_capacity(CHARACTERS));
        for five in self.0.as_chunks::<5>().0 {
            let n = five.iter().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
            digits.extend((0..8).rev().map(|k| (n >> (5 * k) & 31) as u8));
        }
        digits.extend_from_slice(&self.check());
        digits
    }

    fn check(&self) -> [u8; 4] {
        let [a, b, c, ..] = hash::sha256(&*self.0);
        let n = u32::from(a) << 16 | u32::from(b) << 8 | u32::from(c);
        [19, 14, 9, 4].map(|shift| (n >> shift & 31) as u8)
    }
}

/// Converts digits of five bits to bytes.
#[derive(Default)]
struct Bits {
    held: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, digit: u8) -> Option<u8> {
        self.held = self.held << 5 | u32::from(digit);
        self.count += 5;
        if self.count < 8 {
            return None;
        }
        self.count -= 8;
        Some((self.held >> self.count & 0xff) as u8)
    }
}

/// Normalizes a typed character: upper case, `O` to 0, `I` and `L` to 1.
fn canonical(c: char) -> char {
    match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    }
}

fn digits(text: &str) -> Result<Zeroizing<Vec<u8>>, Invalid> {
    let wrong = |why: &str| Invalid::new("a recovery code", why);
    if text.len() > 4 * CHARACTERS {
        return Err(wrong("use nine groups of four characters"));
    }
    let mut digits = Zeroizing::new(Vec::with_capacity(CHARACTERS));
    for c in text
        .chars()
        .filter(|c| !matches!(c, '-' | ' ' | '\t' | '\r' | '\n'))
    {
        let digit = ALPHABET.iter().position(|a| char::from(*a) == canonical(c));
        let digit = digit.ok_or_else(|| wrong("use only letters and digits"))?;
        digits.push(u8::try_from(digit).unwrap_or(0));
    }
    if digits.len() != CHARACTERS {
        return Err(wrong("use nine groups of four characters"));
    }
    Ok(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(u8);

    impl Entropy for Counting {
        fn fill(&mut self, out: &mut [u8]) -> Result<(), crate::entropy::NoRandomness> {
            for byte in out {
                self.0 = self.0.wrapping_add(37);
                *byte = self.0;
            }
            Ok(())
        }
    }

    #[test]
    fn a_code_comes_back_however_it_is_typed() {
        let code = RecoveryCode::generate(&mut Counting(3)).unwrap();
        let spelled = code.encode();
        assert_eq!(spelled.expose().len(), 44);
        let sloppy = spelled
            .expose()
            .to_lowercase()
            .replace('-', "  ")
            .replace('0', "o")
            .replace('1', "L");
        assert_eq!(
            RecoveryCode::parse(&sloppy).unwrap().expose(),
            code.expose()
        );
        let last = spelled.expose().rsplit('-').next().unwrap();
        assert!(code.has_group(8, &last.to_lowercase()) && !code.has_group(8, "zzzzz"));
    }

    #[test]
    fn a_code_is_what_another_program_computes() {
        let mut counted = [0; BYTES];
        (0..).zip(&mut counted).for_each(|(n, byte)| *byte = n);
        let mut ones = [0; BYTES];
        for five in ones.as_chunks_mut::<5>().0 {
            *five = [0x08, 0x42, 0x10, 0x84, 0x21];
        }
        for (bytes, text) in [
            (counted, "000G-40R4-0M30-E209-185G-R38E-1W81-24GK-WYQB"),
            ([0; BYTES], "0000-0000-0000-0000-0000-0000-0000-0000-VS3W"),
            (ones, "1111-1111-1111-1111-1111-1111-1111-1111-FWJN"),
        ] {
            let code = RecoveryCode(Zeroizing::new(bytes));
            assert_eq!(code.encode().expose(), text);
            assert_eq!(code.line().expose(), format!("{text}\n"));
            for (read, typed) in [('0', 'O'), ('0', 'o'), ('1', 'I'), ('1', 'i'), ('1', 'L')] {
                let typed = text.replace(read, &typed.to_string());
                assert_eq!(RecoveryCode::parse(&typed).unwrap().expose(), bytes);
            }
        }
    }

    #[test]
    fn a_code_may_be_typed_with_three_spaces_for_each_character_and_no_more() {
        let code = RecoveryCode(Zeroizing::new([0; BYTES]));
        let dense = code.encode().expose().replace('-', "");
        let longest = format!("{dense}{}", " ".repeat(3 * CHARACTERS));
        assert_eq!(
            RecoveryCode::parse(&longest).unwrap().expose(),
            code.expose()
        );
        assert!(RecoveryCode::parse(&(longest + " ")).is_err());
    }

    #[test]
    fn a_code_with_too_few_or_too_many_characters_is_not_called_mistyped() {
        let dense = "000000000000000000000000000000000VS3W";
        for typed in [&dense[2..], dense] {
            let error = RecoveryCode::parse(typed).err().unwrap().to_string();
            assert!(error.contains("nine groups"), "{typed}: {error}");
        }
        let mistyped = RecoveryCode::parse(&dense[..36]).err().unwrap();
        assert!(mistyped.to_string().contains("mistyped"), "{mistyped}");
    }

    #[test]
    fn a_slip_of_the_pen_is_noticed() {
        let spelled = RecoveryCode::generate(&mut Counting(9)).unwrap().encode();
        for (n, c) in spelled.expose().char_indices().filter(|(_, c)| *c != '-') {
            let other = if c == '7' { "8" } else { "7" };
            let mut wrong = spelled.expose().to_owned();
            wrong.replace_range(n..=n, other);
            assert!(RecoveryCode::parse(&wrong).is_err());
        }
        assert!(RecoveryCode::parse("").is_err());
        assert!(RecoveryCode::parse(&"7".repeat(4000)).is_err());
    }
}
