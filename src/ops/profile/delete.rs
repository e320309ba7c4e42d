//! Deletes a profile permanently.

use super::address;
use super::journal::journal_as;
use super::summary::{Summary, summary};
use crate::barrier::{List, Tombstone, Unique, Writer};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::model::audit::{Action, Outcome};
use crate::model::id::RecordId;
use crate::model::name::ProfileName;
use crate::model::profile::{Failures, Profile};
use crate::ops::impact::{self, Impact};
use crate::ops::records::clocks::Clocks;
use crate::ops::records::journal::{self, LogFacts, RESTORED};
use crate::ops::records::{code, lookup, token};

/// Deletes a profile; returns its last summary.
///
/// One small transaction, however many tokens there are: the record becomes a tombstone without a
/// name, and its tokens, which stay unchanged, are judged revoked because of it. The log lists the
/// live ones by id. A later profile of the same name has another id and starts empty.
///
/// # Errors
///
/// There is no profile of that name.
pub fn delete(core: &mut Core, name: &ProfileName) -> Result<Summary> {
    core.write(|w| delete_within(w, name))
}

/// The result of deleting a profile, and its impact. Changes nothing.
///
/// # Errors
///
/// As [`delete`].
pub fn preview_delete(core: &mut Core, name: &ProfileName) -> Result<(Summary, Impact)> {
    impact::preview(core, |w| delete_within(w, name))
}

/// As [`delete`], within a transaction.
pub(in crate::ops) fn delete_within(w: &mut Writer<'_>, name: &ProfileName) -> Result<Summary> {
    let clocks = Clocks::new(w, w.now());
    let (id, profile) = lookup::named::<Profile>(w, name)?;
    let summary = summary(w, id, &profile, clocks)?;
    let facts = LogFacts::new().with("tokens", Some(summary.tokens));
    journal_as(w, Action::ProfileDelete, id, &profile, facts)?;
    token::journal_with_profile(w, id, &profile, "its profile was deleted")?;
    make_tombstone(w, id, profile)?;
    Ok(summary)
}

/// Deletes a profile that a restored backup brought back. The record is read here: deleting another
/// one may have moved it.
pub(in crate::ops) fn delete_again(w: &mut Writer<'_>, id: RecordId) -> Result<()> {
    let profile: Profile = w.require(id)?;
    journal_as(
        w,
        Action::ProfileDelete,
        id,
        &profile,
        LogFacts::new().with("reason", Some(RESTORED)),
    )?;
    token::journal_with_profile(w, id, &profile, RESTORED)?;
    make_tombstone(w, id, profile)
}

/// Deletes a profile whose first token was not delivered, unless it has another token or was
/// changed since.
pub(super) fn undo_add(w: &mut Writer<'_>, id: RecordId) -> Result<()> {
    let profile: Profile = w.require(id)?;
    let touched = profile.tokens > 0 || profile.updated_at != profile.created_at;
    if profile.deleted_at.is_some() || touched {
        return Ok(());
    }
    let facts = LogFacts::new().with("reason", Some("its token could not be delivered"));
    w.audit_outcome(
        Action::ProfileUndo,
        Outcome::Undelivered,
        journal::profile(id, &profile),
        facts.into(),
    )?;
    make_tombstone(w, id, profile)
}

/// Turns a profile into a tombstone.
fn make_tombstone(w: &mut Writer<'_>, id: RecordId, mut profile: Profile) -> Result<()> {
    address::leave(w, &mut profile)?;
    code::remove_all_of(w, id)?;
    w.delist::<Profile>(List::Profiles, profile.position, |record| {
        &mut record.position
    })?;
    let own = profile
        .name
        .take()
        .ok_or(Error::Bug("a deleted profile has a name"))?;
    w.unindex(Unique::Profile(&own.canonical()))?;
    profile.email = None;
    profile.description = None;
    profile.groups.clear();
    profile.suspended = None;
    profile.password = None;
    profile.generated.clear();
    profile.failures = Failures::default();
    // The restriction stays: a tombstone must not look like a profile that may use any connection.
    profile.updated_at = w.now();
    profile.deleted_at = Some(w.now());
    w.record_tombstone(Tombstone::deleted(id));
    w.put(id, &profile)
}
