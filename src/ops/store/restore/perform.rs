//! Replaces a store with a backup.

use serde::Serialize;

use super::known::Known;
use super::plan::{Carried, RestorePlan};
use crate::backend::{Backend, Fault, Progress, Target};
use crate::barrier::{KdfLimits, Report, State, Store, Unlock, peek};
use crate::core::{Context, Core};
use crate::error::{Error, History, Result};
use crate::model::audit::Action;
use crate::model::time::Time;
use crate::ops::records::journal;
use crate::ops::records::upkeep::before_write;

/// A backup and the secret that opens it.
pub struct Backup<'a> {
    /// The backup's open file.
    pub backend: Box<dyn Backend>,
    /// A secret that opens it.
    pub secret: &'a Unlock,
    /// Limits for the key derivation of its slots.
    pub limits: KdfLimits,
}

/// What a restore did, or would do.
#[derive(Debug, Clone, Serialize)]
pub struct Restored {
    /// The check of the backup.
    #[serde(flatten)]
    pub report: Report,
    /// What was carried over.
    #[serde(flatten)]
    pub carried: Carried,
    /// The epoch of the replaced store, if it is readable.
    #[serde(skip)]
    pub replaced: Option<u64>,
}

/// Checks a backup and returns what restoring it would do. Changes nothing.
///
/// `present` is the store that would be replaced, if one is readable.
///
/// # Errors
///
/// The backup does not open with this secret, is damaged, or is of another store.
pub fn preview(
    backup: Backup<'_>,
    mut present: Option<Box<dyn Backend>>,
    state: &State,
    now: Time,
) -> Result<Restored> {
    let (mut copy, report) = examine(backup, state)?;
    if let Some(present) = &mut present {
        ensure_same(&mut **present, &copy, state)?;
    }
    let tombstones = copy.tombstones()?;
    let known = Known::gather(&mut copy, &tombstones, present)?;
    let slots = copy.slots();
    let plan = copy.read(|r| RestorePlan::of(r, &known, &slots, now))?;
    let replaced = known.replaced.as_ref().map(|replaced| replaced.epoch);
    Ok(Restored {
        report,
        carried: plan.carried,
        replaced,
    })
}

/// Checks a backup, replaces the store with it and begins a new incarnation.
///
/// `present` is the current store, if one is readable: a store with another id is not overwritten.
///
/// # Errors
///
/// As [`preview`]; or another process uses the store, or it cannot be written: then it is
/// unchanged.
pub fn restore(
    backup: Backup<'_>,
    mut present: Option<Box<dyn Backend>>,
    target: &Target<'_>,
    state: &State,
    mut context: Context,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Core, Restored)> {
    let (mut copy, report) = examine(backup, state)?;
    if let Some(present) = &mut present {
        ensure_same(&mut **present, &copy, state)?;
    }
    let tombstones = copy.tombstones()?;
    let known = Known::gather(&mut copy, &tombstones, present)?;
    let replaced = known
        .replaced
        .as_ref()
        .map(|replaced| (replaced.epoch, replaced.latest));
    let above = replaced.unwrap_or((0, Time::from_seconds(0)));
    let above = (above.0.max(report.epoch), above.1);
    let now = context.clock.now();
    let mut draft = copy.draft_at(target, state, progress)?;
    let slots = draft.slots();
    let mut carried = Carried::default();
    draft.restored(
        above,
        now,
        &context.request.actor,
        &mut *context.entropy,
        |w, mut details| {
            let plan = RestorePlan::of(w, &known, &slots, now)?;
            plan.apply(w, &known)?;
            carried = plan.carried;
            let facts = [
                ("backup_epoch", report.epoch),
                ("revoked_again", carried.revoked_again),
                ("ended_again", carried.ended_again),
                ("passwords_cleared", carried.passwords_cleared),
            ];
            details.extend(facts.map(|(key, n)| (key.to_owned(), n.to_string())));
            w.audit(Action::StoreRestore, journal::store(), details)
        },
    )?;
    let published = draft.publish().map_err(|error| match error {
        Error::Storage(Fault::Busy) => Error::InUse,
        error => error,
    })?;
    let core = Core::new(published, context, before_write);
    Ok((
        core,
        Restored {
            report,
            carried,
            replaced: replaced.map(|(epoch, _)| epoch),
        },
    ))
}

fn examine(backup: Backup<'_>, state: &State) -> Result<(Store, Report)> {
    let Backup {
        backend,
        secret,
        limits,
    } = backup;
    let mut copy = Store::open_copy(backend, secret, &limits, state)?;
    let report = copy.read(|r| r.check(&mut |_, _| ()))?;
    Ok((copy, report))
}

/// Refuses to overwrite a store with another id, unless this machine knows that ours was at this
/// path: then the present file is ours, damaged, or was moved there.
fn ensure_same(present: &mut dyn Backend, copy: &Store, state: &State) -> Result<()> {
    match peek(present) {
        Some(id) if id != copy.id() && !state.knows_here(&copy.id()) => Err(Error::History(
            History::Substituted("the backup is of a store with a different id".into()),
        )),
        _ => Ok(()),
    }
}
