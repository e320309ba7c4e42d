//! What `unlock` keeps for a while, so that a person types the passphrase once.
//!
//! Kept is what opens one slot of one store, never the passphrase: `version 1 ‖ end i64 ‖ slot id 8 ‖
//! secret`, under the name `hallpass:` and the store's id.

use std::ffi::CString;
use std::io;

use data_encoding::HEXLOWER;
use hallpass::barrier::{SlotSecret, StoreId};
use hallpass::model::time::{Span, Time};
use zeroize::Zeroizing;

const VERSION: u8 = 1;

/// For how long at most: a person comes back to it within the day.
pub(crate) const LONGEST: Span = Span::HALF_DAY;

/// A place for small secrets, each of which has an end.
pub(crate) trait SessionKeyring {
    /// Keeps `payload` under `name` for that many seconds, instead of what was there.
    fn keep(&self, name: &str, payload: &[u8], seconds: u32) -> io::Result<()>;
    /// What is kept under `name`.
    fn find(&self, name: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>>;
    /// Ends what is kept under `name`; whether anything was.
    fn forget(&self, name: &str) -> io::Result<bool>;
}

/// The keyring that the kernel has for the user.
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

/// What is kept of a store, and until when.
pub(crate) struct Kept {
    pub(crate) secret: SlotSecret,
    pub(crate) until: Time,
}

/// Keeps what opens `store` from `now` on; returns when that ends.
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

/// What is kept of `store`. Where there is no keyring nothing is; and what has ended by this clock, or
/// ends later than it could have been told to, does not count, whatever the kernel's clock was set to.
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

/// Ends what is kept of `store`; whether anything was.
pub(crate) fn forget(keyring: &dyn SessionKeyring, store: &StoreId) -> io::Result<bool> {
    keyring.forget(&name(store))
}

/// Why nothing can be kept here, if that is so: asked before anybody types a passphrase in vain.
pub(crate) fn refused(keyring: &dyn SessionKeyring, store: &StoreId) -> io::Result<()> {
    keyring.find(&name(store)).map(drop)
}

fn name(store: &StoreId) -> String {
    format!("hallpass:{}", HEXLOWER.encode(store))
}

#[cfg(test)]
mod tests;
