//! Passwords of profiles: set, cleared, verified on a budget of failures (store.md 11).

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use super::Core;
use super::edit::Changed;
use super::journal::{self, Facts};
use super::lookup::{self, Opened};
use crate::barrier::{Reader, Tombstone, Writer};
use crate::crypto::kdf::Argon2Params;
use crate::crypto::phc;
use crate::error::{Error, Result};
use crate::model::id::RecordId;
use crate::model::name::ProfileName;
use crate::model::password::Password;
use crate::model::profile::{Failures, Profile};
use crate::secret::SecretText;

mod budget;
mod generate;
mod handover;
mod strength;
mod verify;

pub use budget::{LOCKED_AFTER, Lock};
pub use generate::generate;
use generate::remember;
pub(super) use generate::was_generated;
pub use handover::{Generated, replaces, set_generated};
pub use strength::Words;
pub use verify::{Cause, Verdict, verify};
pub(super) use verify::{Proof, attempt};

/// Sets a profile's password; forgets its failures, and with them a lock.
pub fn set(core: &mut Core, name: &ProfileName, password: &SecretText) -> Result<()> {
    let (id, prepared) = prepare_for(core, name, password)?;
    core.write(|w| {
        let mut profile = still_there(w, id, name)?;
        profile.password = Some(Password { set_at: w.now(), ..prepared });
        store(w, id, &mut profile, "password.set")
    })
}

/// Refuses a password that [`set`] would refuse, and changes nothing.
pub fn ensure_settable(core: &mut Core, name: &ProfileName, password: &SecretText) -> Result<()> {
    let words = core.read(|r| {
        let (_, profile) = lookup::named::<Profile>(r, name)?;
        words_of(r, &profile)
    })?;
    strength::check(&normalised(password), &words)
}

/// Takes a profile's password away; its tokens keep working.
pub fn clear(core: &mut Core, name: &ProfileName) -> Result<Changed<ProfileName>> {
    core.write(|w| {
        let (id, mut profile) = lookup::named::<Profile>(w, name)?;
        if profile.password.take().is_none() {
            return Ok(Changed::already(name.clone()));
        }
        store(w, id, &mut profile, "password.clear")?;
        Ok(Changed::made(name.clone()))
    })
}

/// As [`prepare`], for a profile that is there; says which it is, as its name may be another's once the
/// password is hashed and delivered.
fn prepare_for(
    core: &mut Core,
    name: &ProfileName,
    password: &SecretText,
) -> Result<(RecordId, Password)> {
    let (id, words) = core.read(|r| {
        let (id, profile) = lookup::named::<Profile>(r, name)?;
        Ok((id, words_of(r, &profile)?))
    })?;
    Ok((id, prepare(core, password, &words)?))
}

/// The profile that was found by that name, unless it was deleted since.
fn still_there(r: &mut Reader<'_>, id: RecordId, name: &ProfileName) -> Result<Profile> {
    let profile: Profile = r.require(id)?;
    match profile.deleted_at {
        None => Ok(profile),
        Some(_) => Err(Error::ProfileNotFound(name.clone())),
    }
}

/// Checks and hashes a new password, with no lock on the store.
pub(super) fn prepare(core: &mut Core, password: &SecretText, words: &Words) -> Result<Password> {
    let normal = normalised(password);
    strength::check(&normal, words)?;
    let now = core.now();
    let Core { store, entropy, .. } = core;
    store.read(|r| {
        let (kid, pepper) = r.pepper(None)?;
        let params = &Argon2Params::PASSWORD_DEFAULT;
        let phc = phc::hash_password(normal.as_bytes(), pepper, params, &mut **entropy)?;
        Ok(Password { phc, kid, set_at: now, used_at: None })
    })
}

/// NFKC, so that every keyboard's way of typing it is the same password.
fn normalised(password: &SecretText) -> Zeroizing<String> {
    // As large as NFKC can make it: growing would leave a copy in freed memory.
    let room = password.expose().len().saturating_mul(18);
    let mut normal = Zeroizing::new(String::with_capacity(room));
    normal.extend(password.expose().nfkc());
    normal
}

fn words_of(r: &mut Reader<'_>, profile: &Profile) -> Result<Words> {
    let ids = profile.restriction.as_deref().unwrap_or_default();
    let connections = Opened::default().connection_names(r, ids)?;
    Ok(Words::of(profile.name.as_ref(), profile.email.as_ref(), &connections))
}

/// Whether this, and no other that was set meanwhile, is the profile's password.
fn is_set(profile: &Profile, password: &Password) -> bool {
    profile.password.as_ref().is_some_and(|it| it.phc == password.phc)
}

/// Writes down what an admin did to a password.
fn store(
    w: &mut Writer<'_>,
    id: RecordId,
    profile: &mut Profile,
    action: &'static str,
) -> Result<()> {
    let mut facts = Facts::new();
    facts.change("failures", Some(profile.failures.count), Some(0));
    profile.failures = Failures::default();
    profile.updated_at = w.now();
    w.record_tombstone(Tombstone::password_changed(id));
    w.put(id, profile)?;
    w.audit(action, journal::profile(id, profile), facts.into())
}
