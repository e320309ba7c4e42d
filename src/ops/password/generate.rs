//! Passwords nobody has to think of.

use zeroize::Zeroizing;

use crate::barrier::Reader;
use crate::error::{Error, Result};
use crate::model::id::RecordId;
use crate::model::profile::{GeneratedPassword, Profile};
use crate::ops::Core;
use crate::secret::SecretText;

/// 32 characters that are not taken for one another: five bits each.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Groups of five, apart by dashes: 125 bits.
const GROUPS: usize = 5;
const GROUP: usize = 5;

/// How many passwords that were made for a profile are known again: that of a file which was given
/// one before another file was.
const REMEMBERED: usize = 4;

/// Remembers, in the record of a profile, that a password was made for it.
pub(super) fn remember(
    r: &Reader<'_>,
    id: RecordId,
    profile: &mut Profile,
    password: &SecretText,
) -> Result<()> {
    let (kid, tag) = r.generated_mac(None, &id, password.expose())?;
    let known = GeneratedPassword { mac: *tag.bytes(), kid };
    profile.generated.retain(|it| *it != known);
    profile.generated.push(known);
    let surplus = profile.generated.len().saturating_sub(REMEMBERED);
    profile.generated.drain(..surplus);
    Ok(())
}

/// Whether a text is one of the last passwords that were made for a profile.
pub(in crate::ops) fn was_generated(
    r: &Reader<'_>,
    id: RecordId,
    profile: &Profile,
    text: &str,
) -> Result<bool> {
    for known in &profile.generated {
        let (_, tag) = r.generated_mac(Some(known.kid), &id, text)?;
        if tag.ct_eq(&known.mac) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A new random password, such as `k7mwq-…`.
pub fn generate(core: &mut Core) -> Result<SecretText> {
    let mut random = Zeroizing::new([0; GROUPS * GROUP]);
    core.entropy.fill(random.as_mut_slice())?;
    let mut text = String::with_capacity(GROUPS * (GROUP + 1));
    for group in random.chunks(GROUP) {
        if !text.is_empty() {
            text.push('-');
        }
        for byte in group {
            // 256 is a multiple of 32, so each character is as likely as any other.
            let character = ALPHABET.get(usize::from(byte % 32));
            text.push(char::from(*character.ok_or(Error::Bug("an alphabet is too short"))?));
        }
    }
    Ok(SecretText::new(text))
}
