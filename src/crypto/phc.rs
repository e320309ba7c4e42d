//! Password hashes in the PHC string format, of which only the canonical encoding is accepted.
//!
//! <https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md>

use data_encoding::BASE64_NOPAD;
use subtle::ConstantTimeEq;

use super::kdf::{Argon2Params, KdfError, argon2id};
use super::key::Key;
use crate::entropy::Entropy;

const SALT: usize = 16;
const TAG: usize = 32;

/// The weakest parameters of a stored hash that are accepted.
const FLOOR: Argon2Params = Argon2Params {
    m_kib: 19 * 1024,
    t: 2,
    p: 1,
};
/// The costliest parameters of a stored hash that are accepted: a hash must not exhaust memory or
/// time.
const CEILING: Argon2Params = Argon2Params {
    m_kib: 1024 * 1024,
    t: 32,
    p: 16,
};

/// Hashes a password with Argon2id, `pepper` as its secret K, and a random salt of 16 bytes.
///
/// The result is `$argon2id$v=19$m=…,t=…,p=…$SALT$TAG` with unpadded Base64.
///
/// # Errors
///
/// [`KdfError::Parameters`] for parameters that [`verify_password`] would refuse,
/// [`KdfError::OutOfMemory`], and [`KdfError::NoRandomness`].
pub fn hash_password(
    password: &[u8],
    pepper: &Key,
    params: &Argon2Params,
    entropy: &mut dyn Entropy,
) -> Result<String, KdfError> {
    within_bounds(params)?;
    let mut salt = [0; SALT];
    entropy.fill(&mut salt)?;
    let tag = argon2id(password, &salt, pepper.expose(), &[], params)?;
    Ok(Phc {
        params: *params,
        salt,
        tag: *tag.expose(),
    }
    .to_text())
}

/// Whether `phc` is the hash of `password`; compares in constant time.
///
/// # Errors
///
/// A hash that is malformed, weaker than 19 MiB and two passes, or costlier than 1 GiB, without any
/// work being done; and [`KdfError::OutOfMemory`].
pub fn verify_password(phc: &str, pepper: &Key, password: &[u8]) -> Result<bool, KdfError> {
    let Phc { params, salt, tag } = Phc::parse(phc).ok_or(KdfError::Malformed)?;
    within_bounds(&params)?;
    let found = argon2id(password, &salt, pepper.expose(), &[], &params)?;
    Ok(found.expose().ct_eq(&tag).into())
}

/// Whether a hash was made with parameters other than `wanted`, or does not parse.
pub fn needs_rehash(phc: &str, wanted: &Argon2Params) -> bool {
    Phc::parse(phc).is_none_or(|phc| phc.params != *wanted)
}

fn within_bounds(params: &Argon2Params) -> Result<(), KdfError> {
    let Argon2Params { m_kib, t, p } = *params;
    if !params.at_least(&FLOOR) {
        return Err(KdfError::Parameters("weaker than 19 MiB and two passes"));
    }
    if m_kib > CEILING.m_kib || t > CEILING.t || p > CEILING.p {
        return Err(KdfError::Parameters("above 1 GiB, 32 passes or 16 lanes"));
    }
    Ok(())
}

struct Phc {
    params: Argon2Params,
    salt: [u8; SALT],
    tag: [u8; TAG],
}

impl Phc {
    fn to_text(&self) -> String {
        let Argon2Params { m_kib, t, p } = self.params;
        let salt = BASE64_NOPAD.encode(&self.salt);
        let tag = BASE64_NOPAD.encode(&self.tag);
        format!("$argon2id$v=19$m={m_kib},t={t},p={p}${salt}${tag}")
    }

    fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("$argon2id$v=19$m=")?;
        let (m_kib, rest) = rest.split_once(",t=")?;
        let (t, rest) = rest.split_once(",p=")?;
        let (p, rest) = rest.split_once('$')?;
        let (salt, tag) = rest.split_once('$')?;
        let params = Argon2Params {
            m_kib: decimal(m_kib)?,
            t: decimal(t)?,
            p: decimal(p)?,
        };
        Some(Self {
            params,
            salt: base64(salt)?,
            tag: base64(tag)?,
        })
    }
}

/// Parses a number in its canonical encoding: no sign, no leading zero.
fn decimal(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| plain)
}

/// Decodes exactly `N` bytes; the decoder refuses padding and stray bits.
fn base64<const N: usize>(text: &str) -> Option<[u8; N]> {
    BASE64_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_of_a_stored_hash_are_accepted_and_nothing_beyond_them() {
        let within = |m_kib, t, p| within_bounds(&Argon2Params { m_kib, t, p }).is_ok();
        let Argon2Params { m_kib, t, p } = FLOOR;
        assert!(within(m_kib, t, p));
        assert!(!within(m_kib - 1, t, p) && !within(m_kib, t - 1, p));
        let Argon2Params { m_kib, t, p } = CEILING;
        assert!(within(m_kib, t, p));
        assert!(!within(m_kib + 1, t, p) && !within(m_kib, t + 1, p) && !within(m_kib, t, p + 1));
    }
}
