//! Is this the profile's password?

use serde::Serialize;

use super::{budget, normalised};
use crate::barrier::{Reader, Writer};
use crate::crypto::kdf::Argon2Params;
use crate::crypto::phc;
use crate::error::Result;
use crate::model::audit::Object;
use crate::model::id::RecordId;
use crate::model::name::ProfileName;
use crate::model::password::Password;
use crate::model::profile::{Failures, Profile};
use crate::ops::Core;
use crate::ops::journal::{self, Facts};
use crate::ops::lookup;
use crate::secret::SecretText;

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Whether it is the password of an active profile.
    pub valid: bool,
    /// `valid`, `wrong_password` or `profile_suspended`.
    pub reason: &'static str,
    /// The exit code of the reason.
    pub exit: u8,
    /// The profile's name, as it was asked for.
    pub profile: ProfileName,
    /// What an operator may be told and nobody else.
    #[serde(skip)]
    pub cause: Cause,
}

/// Why a password is good or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// It is right, and the profile is active.
    Right,
    /// It is right, but the profile is suspended.
    Suspended,
    /// It is not the profile's password.
    Wrong,
    /// The profile has no password.
    NoPassword,
    /// There is no such profile.
    NoProfile,
}

impl Cause {
    fn verdict(self, profile: ProfileName) -> Verdict {
        let (reason, exit) = match self {
            Self::Right => ("valid", 0),
            Self::Suspended => ("profile_suspended", 14),
            Self::Wrong | Self::NoPassword | Self::NoProfile => ("wrong_password", 11),
        };
        Verdict { valid: self == Self::Right, reason, exit, profile, cause: self }
    }
}

/// Verifies a profile's password.
///
/// A failure is debited, and that made durable, before anything is compared: who stops the program
/// in between has spent a try. Success gives it back. Whether there is such a profile, and whether
/// it has a password, makes no difference in work or in transactions.
pub fn verify(core: &mut Core, name: &ProfileName, password: &SecretText) -> Result<Verdict> {
    let account = core.write(|w| debit(w, name))?;
    let trial = compare(core, &account, password)?;
    let cause = core.write(|w| settle(w, account, trial))?;
    Ok(cause.verdict(name.clone()))
}

/// What a try is made against.
enum Account {
    /// A profile with a password.
    Profile(RecordId, Password),
    /// Nothing that could match, and why.
    Nothing(Cause),
}

/// What the comparison found.
struct Trial {
    right: bool,
    /// The password hashed anew, if the parameters or the pepper are not the newest.
    renewed: Option<Password>,
}

fn debit(w: &mut Writer<'_>, name: &ProfileName) -> Result<Account> {
    let now = w.now();
    let Some((id, mut profile)) = lookup::find::<Profile>(w, name)? else {
        return Ok(Account::Nothing(Cause::NoProfile));
    };
    let Some(password) = profile.password.clone() else {
        return Ok(Account::Nothing(Cause::NoPassword));
    };
    budget::ensure_open(name, profile.failures, now)?;
    profile.failures = budget::debited(profile.failures, now);
    w.put(id, &profile)?;
    Ok(Account::Profile(id, password))
}

/// Hashes with no lock on the store, also where there is nothing to compare with.
fn compare(core: &mut Core, account: &Account, password: &SecretText) -> Result<Trial> {
    let normal = normalised(password);
    let params = &Argon2Params::PASSWORD_DEFAULT;
    let Core { store, entropy, .. } = core;
    store.read(|r: &mut Reader<'_>| {
        let (newest, pepper) = r.pepper(None)?;
        let mut hash = || phc::hash_password(normal.as_bytes(), pepper, params, &mut **entropy);
        let Account::Profile(_, kept) = account else {
            hash()?;
            return Ok(Trial { right: false, renewed: None });
        };
        let own = r.pepper(Some(kept.kid))?.1;
        let right = phc::verify_password(&kept.phc, own, normal.as_bytes())?;
        let old = kept.kid != newest || phc::needs_rehash(&kept.phc, params);
        let renewed = if right && old {
            Some(Password { phc: hash()?, kid: newest, ..kept.clone() })
        } else {
            None
        };
        Ok(Trial { right, renewed })
    })
}

/// Writes down how the try went.
fn settle(w: &mut Writer<'_>, account: Account, trial: Trial) -> Result<Cause> {
    let (id, tried) = match account {
        Account::Profile(id, password) => (id, password),
        Account::Nothing(cause) => return failed(w, unknown(), cause),
    };
    let mut profile: Profile = w.require(id)?;
    // Set anew or cleared while this try was hashed: what was compared is no longer the password.
    let same = profile.password.as_ref().is_some_and(|it| it.phc == tried.phc);
    if !(trial.right && same) {
        return failed(w, journal::profile(id, &profile), Cause::Wrong);
    }
    let now = w.now();
    let suspended = profile.suspended.as_ref().is_some_and(|it| it.holds(now));
    let kept = trial.renewed.unwrap_or(tried);
    profile.password = Some(Password { used_at: kept.used_at.max(Some(now)), ..kept });
    profile.failures = Failures::default();
    w.put(id, &profile)?;
    w.audit("password.verify", journal::profile(id, &profile), Facts::new().into())?;
    Ok(if suspended { Cause::Suspended } else { Cause::Right })
}

fn failed(w: &mut Writer<'_>, object: Object, cause: Cause) -> Result<Cause> {
    w.audit_outcome("password.verify", "failed", object, Facts::new().into())?;
    Ok(cause)
}

/// A name that no profile has is not written down: it may be a password that was typed there.
fn unknown() -> Object {
    Object { kind: "profile".to_owned(), id: String::new(), name: None }
}
