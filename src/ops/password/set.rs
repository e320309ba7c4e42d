//! Sets and removes passwords of profiles.

use super::current::still_there;
use super::normal::normalised;
use super::strength::{self, Words};
use crate::barrier::{Reader, Tombstone, Writer};
use crate::core::Core;
use crate::crypto::kdf::Argon2Params;
use crate::crypto::phc;
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::id::{PasswordId, RecordId};
use crate::model::name::ProfileName;
use crate::model::password::Password;
use crate::model::profile::{Failures, Profile};
use crate::ops::edit::Changed;
use crate::ops::impact::{self, Impact};
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::journal::{self, LogFacts};
use crate::ops::records::lookup;
use crate::secret::SecretText;

/// Sets a profile's password; resets its failures, and with them a lock. Session tokens that were
/// made from the old one end.
///
/// # Errors
///
/// There is no profile of that name, or the password is too short, too long or too easy to guess.
pub fn set(core: &mut Core, name: &ProfileName, password: &SecretText) -> Result<()> {
    let (id, prepared) = prepare_for(core, name, password)?;
    core.write(|w| {
        let mut profile = still_there(w, id, name)?;
        profile.password = Some(Password {
            set_at: w.now(),
            ..prepared.clone()
        });
        store(w, id, &mut profile, Action::PasswordSet)
    })
}

/// Checks a password as [`set`] would; changes nothing.
///
/// # Errors
///
/// As [`set`].
pub fn ensure_settable(core: &mut Core, name: &ProfileName, password: &SecretText) -> Result<()> {
    let words = core.read(|r| {
        let (_, profile) = lookup::named::<Profile>(r, name)?;
        words_of(r, &profile)
    })?;
    strength::check(&normalised(password), &words)
}

/// Removes a profile's password; its tokens keep working, except session tokens that were made from
/// it.
///
/// # Errors
///
/// There is no profile of that name.
pub fn clear(core: &mut Core, name: &ProfileName) -> Result<Changed<ProfileName>> {
    core.write(|w| {
        let (id, mut profile) = lookup::named::<Profile>(w, name)?;
        if profile.password.take().is_none() {
            return Ok(Changed::already(name.clone()));
        }
        store(w, id, &mut profile, Action::PasswordClear)?;
        Ok(Changed::made(name.clone()))
    })
}

/// What stops if the password of a profile is changed or removed: session tokens that were made from
/// it, and whether it is there. Changes nothing.
///
/// # Errors
///
/// There is no profile of that name.
pub fn preview_change(core: &mut Core, name: &ProfileName) -> Result<Impact> {
    let (password, impact) = impact::preview(core, |w| {
        let (id, mut profile) = lookup::named::<Profile>(w, name)?;
        let password = profile.password.take().is_some();
        w.put(id, &profile)?;
        Ok(password)
    })?;
    Ok(Impact { password, ..impact })
}

/// As [`prepare`], for an existing profile. Returns its record id too: its name may be another
/// profile's once the password is hashed and delivered.
pub(super) fn prepare_for(
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

/// Checks and hashes a new password, with no lock on the store.
pub(in crate::ops) fn prepare(
    core: &mut Core,
    password: &SecretText,
    words: &Words,
) -> Result<Password> {
    let normal = normalised(password);
    strength::check(&normal, words)?;
    let now = core.now();
    let Core { store, entropy, .. } = core;
    store.read(|r| {
        let (kid, pepper) = r.pepper(None)?;
        let params = &Argon2Params::PASSWORD_DEFAULT;
        let phc = phc::hash_password(normal.as_bytes(), pepper, params, &mut **entropy)?;
        Ok(Password {
            id: PasswordId::generate(&mut **entropy)?,
            phc,
            kid,
            set_at: now,
            used_at: None,
        })
    })
}

fn words_of(r: &mut Reader<'_>, profile: &Profile) -> Result<Words> {
    let ids = profile.restriction.as_deref().unwrap_or_default();
    let connections = ReferentCache::default().connection_names(r, ids)?;
    Ok(Words::of(
        profile.name.as_ref(),
        profile.email.as_ref(),
        &connections,
    ))
}

/// Stores a password and logs that an operator set it.
pub(super) fn store(
    w: &mut Writer<'_>,
    id: RecordId,
    profile: &mut Profile,
    action: Action,
) -> Result<()> {
    let mut facts = LogFacts::new();
    facts.change("failures", Some(profile.failures.count), Some(0));
    profile.failures = Failures::default();
    profile.updated_at = w.now();
    w.record_tombstone(Tombstone::password_changed(id));
    w.put(id, profile)?;
    w.audit(action, journal::profile(id, profile), facts.into())
}
