//! Suspends and resumes a profile with all its tokens.

use super::journal::journal_as;
use super::summary::{Summary, summary};
use crate::barrier::{Tombstone, Writer};
use crate::core::Core;
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::name::ProfileName;
use crate::model::profile::Profile;
use crate::ops::edit::Changed;
use crate::ops::impact::{self, Impact};
use crate::ops::records::clocks::Clocks;
use crate::ops::records::journal::LogFacts;
use crate::ops::records::lookup;
use crate::ops::suspension::Suspend;

/// Suspends a profile: its tokens stop being valid at once.
///
/// # Errors
///
/// There is no profile of that name, or the suspension's expiry is in the past.
pub fn suspend(core: &mut Core, name: &ProfileName, how: &Suspend) -> Result<Changed<Summary>> {
    core.write(|w| suspend_within(w, name, how))
}

/// The result of suspending a profile, and its impact. Changes nothing.
///
/// # Errors
///
/// As [`suspend`].
pub fn preview_suspend(
    core: &mut Core,
    name: &ProfileName,
    how: &Suspend,
) -> Result<(Changed<Summary>, Impact)> {
    impact::preview(core, |w| suspend_within(w, name, how))
}

/// As [`suspend`], within a transaction.
pub(in crate::ops) fn suspend_within(
    w: &mut Writer<'_>,
    name: &ProfileName,
    how: &Suspend,
) -> Result<Changed<Summary>> {
    let clocks = Clocks::new(w, w.now());
    let (id, mut profile) = lookup::named::<Profile>(w, name)?;
    let after = how.over(profile.suspended.as_ref(), clocks.now)?;
    if profile.suspended.as_ref() == Some(&after) {
        return Ok(Changed::already(summary(w, id, &profile, clocks)?));
    }
    let facts = LogFacts::new()
        .with("reason", after.reason.as_ref())
        .with("until", after.until);
    w.record_tombstone(Tombstone::suspended(id, after.until));
    profile.suspended = Some(after);
    profile.updated_at = w.now();
    w.put(id, &profile)?;
    journal_as(w, Action::ProfileSuspend, id, &profile, facts)?;
    Ok(Changed::made(summary(w, id, &profile, clocks)?))
}

/// Resumes a profile: its tokens are valid again, except those suspended or revoked themselves.
///
/// # Errors
///
/// There is no profile of that name.
pub fn resume(core: &mut Core, name: &ProfileName) -> Result<Changed<Summary>> {
    core.write(|w| resume_within(w, name))
}

/// The result of resuming a profile, and what that opens. Changes nothing.
///
/// # Errors
///
/// As [`resume`].
pub fn preview_resume(core: &mut Core, name: &ProfileName) -> Result<(Changed<Summary>, Impact)> {
    impact::preview(core, |w| resume_within(w, name))
}

/// As [`resume`], within a transaction.
pub(in crate::ops) fn resume_within(
    w: &mut Writer<'_>,
    name: &ProfileName,
) -> Result<Changed<Summary>> {
    let clocks = Clocks::new(w, w.now());
    let (id, mut profile) = lookup::named::<Profile>(w, name)?;
    let Some(before) = profile
        .suspended
        .take()
        .filter(|suspension| suspension.holds(clocks.now))
    else {
        return Ok(Changed::already(summary(w, id, &profile, clocks)?));
    };
    let facts = LogFacts::new().with("suspended_at", Some(before.at));
    w.record_tombstone(Tombstone::resumed(id));
    profile.updated_at = w.now();
    w.put(id, &profile)?;
    journal_as(w, Action::ProfileResume, id, &profile, facts)?;
    Ok(Changed::made(summary(w, id, &profile, clocks)?))
}
