//! Generated passwords, recognized by a keyed hash in the profile's record.

use crate::barrier::Reader;
use crate::error::Result;
use crate::model::id::RecordId;
use crate::model::profile::{GeneratedPassword, Profile};
use crate::secret::SecretText;

/// The number of generated passwords a profile remembers: more than one, because several files may
/// have received one.
const REMEMBERED: usize = 4;

/// Records in a profile that a password was generated for it.
pub(in crate::ops) fn remember(
    r: &Reader<'_>,
    id: RecordId,
    profile: &mut Profile,
    password: &SecretText,
) -> Result<()> {
    let (kid, tag) = r.generated_mac(None, &id, password.expose())?;
    let known = GeneratedPassword {
        mac: *tag.bytes(),
        kid,
    };
    profile.generated.push(known);
    let surplus = profile.generated.len().saturating_sub(REMEMBERED);
    profile.generated.drain(..surplus);
    Ok(())
}

/// Whether a text is one of the last passwords generated for a profile.
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
