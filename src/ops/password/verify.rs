//! Verifies a profile's password.

use serde::Serialize;

use super::budget::{self, Closed};
use super::current::is_set;
use super::normal::normalised;
use super::proven::PasswordStamp;
use super::strangers::Strangers;
use crate::barrier::{List, Reader, Writer};
use crate::core::Core;
use crate::crypto::kdf::Argon2Params;
use crate::crypto::phc;
use crate::error::Result;
use crate::model::audit::{Action, Outcome};
use crate::model::environment::Environment;
use crate::model::id::RecordId;
use crate::model::name::ProfileName;
use crate::model::password::Password;
use crate::model::profile::{Failures, Profile};
use crate::model::time::Time;
use crate::ops::records::journal::{self, LogFacts};
use crate::ops::records::lookup;
use crate::secret::SecretText;

/// The verdict on a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PasswordVerdict {
    /// Whether it is the password of an active profile.
    pub valid: bool,
    /// `valid`, `wrong_password` or `profile_suspended`; of a stranger's attempt also `locked`.
    pub reason: &'static str,
    /// The exit code of the reason.
    pub exit: u8,
    /// The profile's name, as requested.
    pub profile: ProfileName,
    /// The cause, for operators only.
    #[serde(skip)]
    pub cause: Cause,
}

/// The cause of a password verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// It is correct, and the profile is active.
    Right,
    /// It is correct, but the profile is suspended.
    Suspended,
    /// It is not the profile's password.
    Wrong,
    /// The profile has no password.
    NoPassword,
    /// The profile does not exist.
    NoProfile,
    /// A stranger's attempt at a profile that only an operator can unlock: it was not compared.
    Locked,
}

impl Cause {
    fn verdict(self, profile: ProfileName) -> PasswordVerdict {
        let (reason, exit) = match self {
            Self::Right => ("valid", 0),
            Self::Suspended => ("profile_suspended", 14),
            Self::Wrong | Self::NoPassword | Self::NoProfile => ("wrong_password", 11),
            Self::Locked => ("locked", 11),
        };
        PasswordVerdict {
            valid: self == Self::Right,
            reason,
            exit,
            profile,
            cause: self,
        }
    }
}

/// Verifies a profile's password.
///
/// A failure is debited, and that is committed, before anything is compared: killing the program in
/// between does not make an attempt free. Success refunds it. Work and transactions (four, of which two
/// write, and one hash) are the same whether or not the profile exists or has a password. An attempt
/// that comes too early is refused before anything is hashed, and only noted in the audit log.
///
/// # Errors
///
/// Too many failed attempts, for a while or until an operator acts. A wrong password is a verdict,
/// not an error.
pub fn verify(
    core: &mut Core,
    name: &ProfileName,
    password: &SecretText,
) -> Result<PasswordVerdict> {
    attempt(core, name, password, Action::PasswordVerify).map(|(verdict, _)| verdict)
}

/// As [`verify`], for strangers: attempts at other names are delayed alike, by `strangers`, and no
/// attempt locks a profile. One that is locked looks like one whose password is wrong. Of attempts
/// that come too early one a minute is noted in the audit log, and the others write nothing.
///
/// A success returns the stamp of the password that was proven: it is not the profile's any more if
/// that was changed meanwhile.
///
/// # Errors
///
/// Too many failed attempts, for a while.
pub fn prove(
    core: &mut Core,
    name: &ProfileName,
    password: &SecretText,
    strangers: &Strangers,
) -> Result<(PasswordVerdict, Option<PasswordStamp>)> {
    let action = Action::PasswordVerify;
    let (verdict, proof) = attempt_by_stranger(core, name, password, strangers, action)?;
    let stamp = proof.map(|proof| PasswordStamp::of(&proof.password));
    Ok((verdict, stamp))
}

/// As [`prove`], for a sign-in.
pub(in crate::ops) fn attempt_by_stranger(
    core: &mut Core,
    name: &ProfileName,
    password: &SecretText,
    strangers: &Strangers,
    failure: Action,
) -> Result<(PasswordVerdict, Option<PasswordProof>)> {
    attempt_by(core, name, password, Guesser::Stranger(strangers), failure)
}

/// As [`verify`], for a sign-in: `failure` is the log's action for a failed attempt. A success
/// returns a proof.
pub(in crate::ops) fn attempt(
    core: &mut Core,
    name: &ProfileName,
    password: &SecretText,
    failure: Action,
) -> Result<(PasswordVerdict, Option<PasswordProof>)> {
    attempt_by(core, name, password, Guesser::Operator, failure)
}

/// Who tries a password.
#[derive(Clone, Copy)]
enum Guesser<'a> {
    /// Somebody who has the key of the store.
    Operator,
    /// Anybody, who must not learn which profiles exist.
    Stranger(&'a Strangers),
}

fn attempt_by(
    core: &mut Core,
    name: &ProfileName,
    password: &SecretText,
    who: Guesser<'_>,
    failure: Action,
) -> Result<(PasswordVerdict, Option<PasswordProof>)> {
    let now = core.now();
    if let Some(closed) = core.read(|r| closed(r, name, now, who))? {
        note_early(core, name, closed, who, failure)?;
        return Err(closed.error(name));
    }
    let account = match core.write(|w| debit(w, name, who))? {
        Ok(account) => account,
        Err(closed) => return Err(closed.error(name)),
    };
    if let (Account::Nothing(_), Guesser::Stranger(strangers)) = (&account, who)
        && let Some(closed) = strangers.attempt(name, now)
    {
        return Err(closed.error(name));
    }
    let comparison = compare(core, &account, password)?;
    let (cause, proof) = core.write(|w| settle(w, &account, &comparison, failure))?;
    Ok((cause.verdict(name.clone()), proof))
}

/// Why no attempt at that name is accepted now.
fn closed(
    r: &mut Reader<'_>,
    name: &ProfileName,
    now: Time,
    who: Guesser<'_>,
) -> Result<Option<Closed>> {
    let found = lookup::find::<Profile>(r, name)?;
    // As many reads for a name that does not exist.
    let decoy = r.at(List::Environments, 0)?;
    let failures = match found {
        Some((_, profile)) => profile.password.is_some().then_some(profile.failures),
        None => r.require::<Environment>(decoy).map(|_| None)?,
    };
    Ok(match (failures, who) {
        (Some(failures), Guesser::Operator) => budget::closed(failures, now),
        (Some(failures), Guesser::Stranger(_)) => budget::delayed(failures, now),
        (None, Guesser::Stranger(strangers)) => strangers.closed(name, now),
        (None, Guesser::Operator) => None,
    })
}

/// Notes an attempt that comes too early in the audit log. Of strangers, few are noted: a row for each
/// would let them fill the store, and hold up whoever else writes.
fn note_early(
    core: &mut Core,
    name: &ProfileName,
    closed: Closed,
    who: Guesser<'_>,
    failure: Action,
) -> Result<()> {
    if let Guesser::Stranger(strangers) = who
        && !strangers.is_noted(core.now())
    {
        return Ok(());
    }
    core.write(|w| {
        let object = match lookup::find::<Profile>(w, name)? {
            Some((id, profile)) => journal::profile(id, &profile),
            None => journal::nobody(),
        };
        let facts = LogFacts::new().with("reason", Some(closed.word()));
        w.audit_outcome(failure, Outcome::Refused, object, facts.into())
    })
}

/// Proof that the caller knew a password, valid while it is still that profile's.
pub(in crate::ops) struct PasswordProof {
    profile: RecordId,
    password: Password,
}

impl PasswordProof {
    /// The profile, unless it was deleted or its password changed since the proof.
    pub(in crate::ops) fn redeem(&self, r: &mut Reader<'_>) -> Result<Option<(RecordId, Profile)>> {
        let profile: Profile = r.require(self.profile)?;
        // A deleted profile has no password.
        let holds = is_set(&profile, &self.password);
        Ok(holds.then_some((self.profile, profile)))
    }
}

/// What an attempt is compared with.
enum Account {
    /// A profile with a password.
    Profile(RecordId, Password),
    /// Nothing that could match, and why.
    Nothing(Cause),
    /// A profile that accepts no attempt of a stranger, who is not told.
    Locked(RecordId),
}

/// The result of the comparison.
struct Comparison {
    right: bool,
    /// The password hashed again, if the parameters or the pepper are not the newest.
    renewed: Option<Password>,
}

/// Debits an attempt. Where there is nothing to debit, be it that another attempt was faster and this
/// one comes too early, the same amount is sealed and committed.
fn debit(
    w: &mut Writer<'_>,
    name: &ProfileName,
    who: Guesser<'_>,
) -> Result<std::result::Result<Account, Closed>> {
    let now = w.now();
    let Some((id, mut profile)) = lookup::find::<Profile>(w, name)? else {
        seal_anything(w)?;
        return Ok(Ok(Account::Nothing(Cause::NoProfile)));
    };
    let account = match profile.password.clone() {
        None => Account::Nothing(Cause::NoPassword),
        Some(password) => {
            let failures = profile.failures;
            let (closed, debited) = match who {
                Guesser::Operator => (
                    budget::closed(failures, now),
                    budget::debited(failures, now),
                ),
                Guesser::Stranger(_) => (
                    budget::delayed(failures, now),
                    budget::debited_by_stranger(failures, now),
                ),
            };
            if let Some(closed) = closed {
                seal_anything(w)?;
                return Ok(Err(closed));
            }
            profile.failures = debited;
            if budget::is_locked(failures) {
                Account::Locked(id)
            } else {
                Account::Profile(id, password)
            }
        }
    };
    w.put(id, &profile)?;
    Ok(Ok(account))
}

/// Seals a record unchanged: the environment at the head of the list, since there always is one.
fn seal_anything(w: &mut Writer<'_>) -> Result<()> {
    let id = w.at(List::Environments, 0)?;
    let environment: Environment = w.require(id)?;
    w.put(id, &environment)
}

/// Hashes with no lock on the store, even if there is nothing to compare with.
fn compare(core: &mut Core, account: &Account, password: &SecretText) -> Result<Comparison> {
    let normal = normalised(password);
    let params = &Argon2Params::PASSWORD_DEFAULT;
    let Core { store, entropy, .. } = core;
    store.read(|r: &mut Reader<'_>| {
        let (newest, pepper) = r.pepper(None)?;
        let mut hash = || phc::hash_password(normal.as_bytes(), pepper, params, &mut **entropy);
        let Account::Profile(_, kept) = account else {
            hash()?;
            return Ok(Comparison {
                right: false,
                renewed: None,
            });
        };
        let own = r.pepper(Some(kept.kid))?.1;
        let right = phc::verify_password(&kept.phc, own, normal.as_bytes())?;
        let old = kept.kid != newest || phc::needs_rehash(&kept.phc, params);
        let renewed = if right && old {
            Some(Password {
                phc: hash()?,
                kid: newest,
                ..kept.clone()
            })
        } else {
            None
        };
        Ok(Comparison { right, renewed })
    })
}

/// Records the result of an attempt.
fn settle(
    w: &mut Writer<'_>,
    account: &Account,
    comparison: &Comparison,
    failure: Action,
) -> Result<(Cause, Option<PasswordProof>)> {
    let (id, tried) = match account {
        Account::Profile(id, password) => (*id, password),
        Account::Nothing(cause) => {
            let facts = LogFacts::new();
            w.audit_outcome(failure, Outcome::Refused, journal::nobody(), facts.into())?;
            return Ok((*cause, None));
        }
        Account::Locked(id) => {
            let object = journal::profile(*id, &w.require(*id)?);
            let facts = LogFacts::new().with("reason", Some(Closed::Locked.word()));
            w.audit_outcome(failure, Outcome::Refused, object, facts.into())?;
            return Ok((Cause::Locked, None));
        }
    };
    let mut profile: Profile = w.require(id)?;
    // Set or removed while this attempt was hashed: what was compared is no longer the password.
    if !(comparison.right && is_set(&profile, tried)) {
        let object = journal::profile(id, &profile);
        w.audit_outcome(failure, Outcome::Refused, object, LogFacts::new().into())?;
        return Ok((Cause::Wrong, None));
    }
    let now = w.now();
    let suspended = profile
        .suspended
        .as_ref()
        .is_some_and(|suspension| suspension.holds(now));
    let kept = comparison.renewed.as_ref().unwrap_or(tried).clone();
    let kept = Password {
        used_at: kept.used_at.max(Some(now)),
        ..kept
    };
    profile.password = Some(kept.clone());
    profile.failures = Failures::default();
    w.put(id, &profile)?;
    w.audit(
        Action::PasswordVerify,
        journal::profile(id, &profile),
        LogFacts::new().into(),
    )?;
    let proof = PasswordProof {
        profile: id,
        password: kept,
    };
    Ok(if suspended {
        (Cause::Suspended, None)
    } else {
        (Cause::Right, Some(proof))
    })
}
