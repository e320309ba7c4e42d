//! What `unlock` keeps for a while, so that a person types the passphrase once.
//!
//! An entry holds the secret that opens one slot of one store, never the passphrase: `version 1 ‖
//! end i64 ‖ slot id 8 ‖ secret`, under the name `hallpass:` and the store's id.

use std::ffi::CString;
use std::io;

use data_encoding::HEXLOWER;
use hallpass::barrier::{SlotSecret, StoreId};
use hallpass::model::time::{Span, Time};
use zeroize::Zeroizing;

const VERSION: u8 = 1;

/// The longest lifetime of an entry: a person comes back to it within the day.
pub(crate) const LONGEST: Span = Span::HALF_DAY;

/// A keyring for small secrets, each of which expires.
pub(crate) trait SessionKeyring {
    /// Stores `payload` under `name` for that many seconds, and replaces what is stored there.
    fn keep(&self, name: &str, payload: &[u8], seconds: u32) -> io::Result<()>;
    /// Returns the payload that is stored under `name`.
    fn find(&self, name: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>>;
    /// Removes the payload that is stored under `name`; returns whether there was one.
    fn forget(&self, name: &str) -> io::Result<bool>;
}

/// The kernel's keyring of the user.
pub(crate) struct Kernel;

impl SessionKeyring for Kernel {
    fn keep(&self, name: &str, payload: &[u8], seconds: u32) -> io::Result<()> {
        hallpass::sys::keyring::keep(&CString::new(name)?, payload, seconds)
    }

    fn find(&self, name: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        hallpass::sys::keyring::find(&CString::new(name)?)
    }

    fn forget(&self, name: &str) -> io::Result<bool> {
        hallpass::sys::keyring::forget(&CString::new(name)?)
    }
}

/// The secret that is kept for a store, and its end.
pub(crate) struct Kept {
    pub(crate) secret: SlotSecret,
    pub(crate) until: Time,
}

/// Keeps what opens `store` from `now` on; returns the end.
pub(crate) fn keep(
    keyring: &dyn SessionKeyring,
    store: &StoreId,
    secret: &SlotSecret,
    now: Time,
    lasts: Span,
) -> io::Result<Time> {
    let until = now.plus(lasts);
    let secret = secret.bytes();
    let mut payload = Zeroizing::new(Vec::with_capacity(9 + secret.expose().len()));
    payload.push(VERSION);
    payload.extend_from_slice(&until.seconds().to_le_bytes());
    payload.extend_from_slice(secret.expose());
    let seconds = u32::try_from(lasts.seconds()).unwrap_or(u32::MAX);
    keyring.keep(&name(store), &payload, seconds)?;
    Ok(until)
}

/// Returns what is kept for `store`; `None` where there is no keyring. An entry does not count if
/// it has ended by this clock, or ends later than [`LONGEST`] allows: the kernel's clock may have
/// been set back.
pub(crate) fn find(keyring: &dyn SessionKeyring, store: &StoreId, now: Time) -> Option<Kept> {
    let payload = keyring.find(&name(store)).ok().flatten()?;
    let (version, rest) = payload.split_first()?;
    let (until, secret) = rest.split_first_chunk()?;
    let until = Time::from_seconds(i64::from_le_bytes(*until));
    let counts = *version == VERSION && now < until && until <= now.plus(LONGEST);
    let secret = Some(secret)
        .filter(|_| counts)
        .and_then(SlotSecret::from_bytes)?;
    Some(Kept { secret, until })
}

/// Removes what is kept for `store`; returns whether there was anything.
pub(crate) fn forget(keyring: &dyn SessionKeyring, store: &StoreId) -> io::Result<bool> {
    keyring.forget(&name(store))
}

/// Fails if nothing can be kept here. Call it first, so that nobody types a passphrase in vain.
pub(crate) fn refused(keyring: &dyn SessionKeyring, store: &StoreId) -> io::Result<()> {
    keyring.find(&name(store)).map(drop)
}

fn name(store: &StoreId) -> String {
    format!("hallpass:{}", HEXLOWER.encode(store))
}

#[cfg(test)]
mod tests;
