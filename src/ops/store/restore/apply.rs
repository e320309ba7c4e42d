//! Applies a restore plan to an older state.

use super::known::Known;
use super::merge::{self, Merged};
use super::plan::{RestorePlan, RestoreStep};
use crate::barrier::{Record, Tombstone, Writer};
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::connection::Connection;
use crate::model::id::RecordId;
use crate::model::profile::{Profile, Suspension};
use crate::model::token::TokenRecord;
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::journal::{self, AS_BEFORE, LogFacts, listed};
use crate::ops::records::{code, token};
use crate::ops::{connection, environment, profile};

impl RestorePlan {
    /// Makes all changes, in the transaction in which the plan was made. All codes are withdrawn:
    /// which of them were used is unknown.
    pub(in crate::ops) fn apply(&self, w: &mut Writer<'_>, known: &Known<'_>) -> Result<()> {
        code::cancel_all(w)?;
        self.apply_steps(w, known)
    }

    /// As [`Self::apply`], but leaves codes alone: whoever accepted the older state withdrew them.
    pub(in crate::ops) fn apply_steps(&self, w: &mut Writer<'_>, known: &Known<'_>) -> Result<()> {
        self.steps
            .iter()
            .try_for_each(|step| self.step(w, known, *step))
    }

    /// Each record is read again: an earlier step may have moved it.
    fn step(&self, w: &mut Writer<'_>, known: &Known<'_>, step: RestoreStep) -> Result<()> {
        let now = w.now();
        match step {
            RestoreStep::RevokeToken(id) => {
                let record = w.require(id)?;
                token::revoke_again(w, id, record)
            }
            RestoreStep::RestrictToken(id) => {
                let own: TokenRecord = w.require(id)?;
                stricter(w, id, merge::token(id, &own, known, now), |w, merged| {
                    restrict_token(w, id, &own, merged)
                })
            }
            RestoreStep::DeleteProfile(id) => profile::delete_again(w, id),
            RestoreStep::RestrictProfile(id) => {
                let own: Profile = w.require(id)?;
                let merged_record = merge::profile(id, &own, known, &self.survivors, now);
                stricter(w, id, merged_record, |w, merged| {
                    restrict_profile(w, id, &own, merged)
                })
            }
            RestoreStep::RestrictConnection(id) => {
                let own: Connection = w.require(id)?;
                stricter(
                    w,
                    id,
                    merge::connection(id, &own, known, now),
                    |w, merged| restrict_connection(w, id, &own, merged),
                )
            }
            RestoreStep::MakeDefault(id) => environment::make_default_again(w, id),
            RestoreStep::DeleteConnection(id) => connection::delete_again(w, id),
            RestoreStep::DeleteEnvironment(id) => environment::delete_again(w, id),
            RestoreStep::CountTries(id) => match known.budget(id) {
                Some(newer) => code::budget::count_again(w, id, |own| merge::budget(own, newer)),
                None => Ok(()),
            },
            RestoreStep::CountMails(id) => {
                let Some(email) = w.require::<Profile>(id)?.email else {
                    return Ok(());
                };
                let Some(newer) = known.mailed(&email.canonical()) else {
                    return Ok(());
                };
                code::mailbox::count_mails(w, &email, |own| merge::mailed(own, newer))
            }
        }
    }
}

/// Stores a stricter record, after logging why.
fn stricter<R: Record>(
    w: &mut Writer<'_>,
    id: RecordId,
    merged_record: Merged<R>,
    say: impl FnOnce(&mut Writer<'_>, &R) -> Result<()>,
) -> Result<()> {
    let Merged::Stricter(merged) = merged_record else {
        return Ok(());
    };
    say(w, &merged)?;
    w.put(id, &merged)
}

fn facts() -> LogFacts {
    LogFacts::new().with("reason", Some(AS_BEFORE))
}

fn restrict_token(
    w: &mut Writer<'_>,
    id: RecordId,
    own: &TokenRecord,
    merged: &TokenRecord,
) -> Result<()> {
    let owner: Profile = w.require(own.owner)?;
    let mut facts = facts().of(own.owner, owner.name.as_ref());
    suspension(
        w,
        id,
        &mut facts,
        own.suspended.as_ref(),
        merged.suspended.as_ref(),
    );
    facts.change("expires_at", own.expires_at, merged.expires_at);
    if merged.expires_at != own.expires_at {
        // The backup, and other copies, contain it with a later expiry.
        w.record_tombstone(Tombstone::replaced(id, merged.expires_at, None));
    }
    facts.list("allow_ip", &own.allow_ip, &merged.allow_ip);
    w.audit(Action::TokenRestrict, journal::token(own), facts.into())
}

fn restrict_profile(
    w: &mut Writer<'_>,
    id: RecordId,
    own: &Profile,
    merged: &Profile,
) -> Result<()> {
    let object = || journal::profile(id, own);
    if merged.password.is_none() && own.password.is_some() {
        w.record_tombstone(Tombstone::password_changed(id));
        w.audit(Action::PasswordClear, object(), facts().into())?;
    }
    let mut facts = facts();
    suspension(
        w,
        id,
        &mut facts,
        own.suspended.as_ref(),
        merged.suspended.as_ref(),
    );
    facts.list("groups", &own.groups, &merged.groups);
    facts.change(
        "failures",
        Some(own.failures.count),
        Some(merged.failures.count),
    );
    if merged.restriction != own.restriction {
        let mut cache = ReferentCache::default();
        let mut names = |restriction: &Option<Vec<RecordId>>| match restriction {
            Some(ids) => cache.connection_names(w, ids).map(|names| listed(&names)),
            None => Ok("any".to_owned()),
        };
        let old = names(&own.restriction)?;
        let new = names(&merged.restriction)?;
        facts.change("connections", Some(old), Some(new));
    }
    w.audit(Action::ProfileRestrict, object(), facts.into())
}

fn restrict_connection(
    w: &mut Writer<'_>,
    id: RecordId,
    own: &Connection,
    merged: &Connection,
) -> Result<()> {
    let mut facts = facts();
    if merged.blocked.is_some() && own.blocked.is_none() {
        facts.mention("blocked", "again");
        w.record_tombstone(Tombstone::blocked(id));
    }
    facts.change("group", own.group.as_ref(), merged.group.as_ref());
    facts.change("token_lifetime", own.token_lifetime, merged.token_lifetime);
    facts.list("allow_ip", &own.allow_ip, &merged.allow_ip);
    facts.list("deny_ip", &own.deny_ip, &merged.deny_ip);
    w.audit(
        Action::ConnectionRestrict,
        journal::connection(id, own),
        facts.into(),
    )
}

fn suspension(
    w: &mut Writer<'_>,
    id: RecordId,
    facts: &mut LogFacts,
    own: Option<&Suspension>,
    merged: Option<&Suspension>,
) {
    if merged == own {
        return;
    }
    let Some(merged) = merged else { return };
    facts.mention("suspended", "again");
    facts.change(
        "until",
        own.and_then(|suspension| suspension.until),
        merged.until,
    );
    w.record_tombstone(Tombstone::suspended(id, merged.until));
}
