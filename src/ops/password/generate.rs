//! Generates passwords.

use zeroize::Zeroizing;

use crate::core::Core;
use crate::error::{Error, Result};
use crate::secret::SecretText;

/// 32 characters that are not easily confused: five bits each.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// The number of groups of five characters, separated by dashes: 125 bits.
const GROUPS: usize = 5;

const GROUP: usize = 5;

/// The length of a password with a dash behind each group, one more than there are.
const LENGTH: usize = GROUPS * (GROUP + 1);

/// Generates a random password, such as `k7mwq-…`.
///
/// # Errors
///
/// The operating system's random generator fails.
pub fn generate(core: &mut Core) -> Result<SecretText> {
    let mut random = Zeroizing::new([0; GROUPS * GROUP]);
    core.entropy.fill(random.as_mut_slice())?;
    let mut text = String::with_capacity(LENGTH);
    for group in random.chunks(GROUP) {
        if !text.is_empty() {
            text.push('-');
        }
        for byte in group {
            // 256 is a multiple of 32, so each character is as likely as any other.
            let character = ALPHABET.get(usize::from(byte % 32));
            text.push(char::from(
                *character.ok_or(Error::Bug("an alphabet is too short"))?,
            ));
        }
    }
    Ok(SecretText::new(text))
}
