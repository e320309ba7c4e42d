//! Putting a backup back, without reviving what was revoked after it was made.

use std::collections::HashSet;

use serde::Serialize;

use super::object;
use crate::backend::{Backend, Progress, Target};
use crate::barrier::{Details, KdfLimits, Report, State, Store, Unique, Unlock, Writer};
use crate::error::{Error, Result};
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::RecordId;
use crate::model::profile::Profile;
use crate::model::token::TokenRecord;
use crate::ops::{Core, World, otp, profile, token};

/// A backup, and what opens it.
pub struct Backup<'a> {
    /// The backup's file, open.
    pub backend: Box<dyn Backend>,
    /// A secret that opens it.
    pub secret: &'a Unlock,
    /// What its key slots may cost.
    pub limits: KdfLimits,
}

/// What a restore did.
#[derive(Debug, Clone, Serialize)]
pub struct Restored {
    /// What was checked in the backup.
    #[serde(flatten)]
    pub report: Report,
    /// Tokens and profiles that the backup had alive and this machine knew to be revoked.
    pub revoked_again: u64,
}

/// Checks a backup and says what it holds.
pub fn examine(backend: Box<dyn Backend>, secret: &Unlock, limits: &KdfLimits) -> Result<Report> {
    let mut copy = Store::open(backend, secret, limits, &State::off())?;
    copy.read(|r| r.check(&mut |_, _| ()))
}

/// Checks a backup, puts it in the store's place and begins a new incarnation.
///
/// `present` is the store that stands there now, if one can be read at all: a store with another id
/// is not overwritten.
pub fn restore(
    backup: Backup<'_>,
    present: Option<Box<dyn Backend>>,
    target: &Target<'_>,
    state: &State,
    mut world: World,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Core, Restored)> {
    let Backup { backend, secret, limits } = backup;
    let mut copy = Store::open(backend, secret, &limits, &State::off())?;
    let report = copy.read(|r| r.check(&mut |_, _| ()))?;
    let standing = match present {
        Some(present) => standing(present, &copy, secret, &limits, state)?,
        None => Standing::default(),
    };
    let mut draft = copy.draft_at(target, state, progress)?;
    let tombstones = draft.tombstones()?;
    let known = |id: RecordId| tombstones.have_ended(id) || standing.ended.contains(&id);
    let (mut revoked_again, now) = (0, world.clock.now());
    draft.restored(
        standing.epoch.max(report.epoch),
        now,
        &world.actor,
        &mut *world.entropy,
        |w| {
            revoked_again = bury(w, &known)?;
            let facts = [("backup_epoch", report.epoch), ("revoked_again", revoked_again)];
            let details: Details = facts.map(|(key, n)| (key.into(), n.to_string())).into();
            w.audit("store.restore", object(), details)
        },
    )?;
    let core = Core::new(draft.publish()?, world);
    Ok((core, Restored { report, revoked_again }))
}

/// What the store that is about to be replaced says of itself, as far as it can be read.
#[derive(Default)]
struct Standing {
    epoch: u64,
    /// Tokens that are revoked and profiles that are deleted, there.
    ended: HashSet<RecordId>,
}

/// A store with another id is not overwritten, unless this machine knows that ours was here: then
/// what stands there is ours, damaged, or was put there.
fn standing(
    mut present: Box<dyn Backend>,
    copy: &Store,
    secret: &Unlock,
    limits: &KdfLimits,
    state: &State,
) -> Result<Standing> {
    match crate::barrier::peek(&mut *present) {
        None => return Ok(Standing::default()),
        Some(id) if id != copy.id() && !state.knows_here(&copy.id()) => {
            return Err(Error::Substituted("the backup is of a store with another id".into()));
        }
        Some(_) => {}
    }
    // One that does not open, or does not hold together, tells nothing; that is why it is replaced.
    Ok(read_standing(present, secret, limits).unwrap_or_default())
}

fn read_standing(
    present: Box<dyn Backend>,
    secret: &Unlock,
    limits: &KdfLimits,
) -> Result<Standing> {
    let mut store = Store::open(present, secret, limits, &State::off())?;
    store.read(|r| {
        let mut standing = Standing { epoch: r.epoch(), ended: HashSet::new() };
        for part in 0..=u8::MAX {
            let tokens = r.part::<TokenRecord>(part)?;
            let revoked = tokens.into_iter().filter(|(_, it)| it.revoked.is_some());
            standing.ended.extend(revoked.map(|(id, _)| id));
            let profiles = r.part::<Profile>(part)?;
            let deleted = profiles.into_iter().filter(|(_, it)| it.deleted_at.is_some());
            standing.ended.extend(deleted.map(|(id, _)| id));
        }
        Ok(standing)
    })
}

/// Revokes and deletes again what this machine knows to be revoked; says how much that was. Codes
/// are taken back, all of them: which were used is not known.
pub(super) fn bury(w: &mut Writer<'_>, ended: &dyn Fn(RecordId) -> bool) -> Result<u64> {
    otp::cancel_all(w)?;
    let mut buried = 0;
    for part in 0..=255 {
        for (id, record) in w.part::<TokenRecord>(part)? {
            if record.revoked.is_none() && ended(id) {
                token::revoke_again(w, id, record)?;
                buried += 1;
            }
        }
        for (id, record) in w.part::<Profile>(part)? {
            if record.deleted_at.is_none() && ended(id) {
                profile::delete_again(w, id)?;
                buried += 1;
            }
        }
    }
    Ok(buried)
}

/// Revokes tokens that had ended by the clock that is now forgotten and cannot begin again: another
/// has their name or device by now, or what they are for was deleted. Says how many.
pub(super) fn end_replaced(w: &mut Writer<'_>) -> Result<u64> {
    let mut ended = 0;
    for part in 0..=u8::MAX {
        for (id, record) in w.part::<TokenRecord>(part)? {
            if record.revoked.is_none() && is_replaced(w, id, &record)? {
                token::revoke_again(w, id, record)?;
                ended += 1;
            }
        }
    }
    Ok(ended)
}

fn is_replaced(w: &mut Writer<'_>, id: RecordId, record: &TokenRecord) -> Result<bool> {
    let name = record.name.canonical();
    // One that was rotated has neither name nor device in the window that it may still have.
    let rotated = record.successor.is_some();
    if !rotated && w.find(Unique::TokenName(record.owner, &name))? != Some(id) {
        return Ok(true);
    }
    if !rotated && !has_device_again(w, id, record)? {
        return Ok(true);
    }
    if w.require::<Environment>(record.environment)?.deleted_at.is_some() {
        return Ok(true);
    }
    match record.connection {
        Some(connection) => Ok(w.require::<Connection>(connection)?.deleted_at.is_some()),
        None => Ok(false),
    }
}

/// Whether the token, if it begins again, has its device to itself. One that had it after this one
/// and has ended leaves it to this one.
fn has_device_again(w: &mut Writer<'_>, id: RecordId, record: &TokenRecord) -> Result<bool> {
    let Some(device) = &record.device else { return Ok(true) };
    let device = device.canonical();
    let held = Unique::Device(record.owner, record.connection, &device);
    match w.find(held)? {
        Some(holder) => Ok(holder == id),
        None if record.is_expired(w.now()) => Ok(true),
        None => w.reindex(held, id).map(|()| true),
    }
}
