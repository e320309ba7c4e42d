//! Remembers on this machine what others have ended.

use std::collections::{BTreeMap, BTreeSet};

use crate::barrier::{Reader, Tombstone, Unique};
use crate::core::Core;
use crate::error::{Error, History, Result};
use crate::model::audit::{Action, Entry, LogHead, ObjectKind};
use crate::model::connection::Connection;
use crate::model::id::{RecordId, TokenId};
use crate::model::profile::{Profile, Suspension};
use crate::model::token::Rotation;
use crate::ops::records::token::by_id;

/// A tombstone, and the epoch of the change that it is of.
type Dated = (u64, Tombstone);

/// What the log says about one thing, by its kind and its id there.
type Endings = BTreeMap<(&'static str, String), Ending>;

/// What ended or was restricted, as far as it has to be remembered.
#[derive(Debug, Clone, Default)]
struct Ending {
    /// The epoch of the last change.
    epoch: u64,
    matters: BTreeSet<Matter>,
}

/// What a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Matter {
    /// It was deleted.
    Deletion,
    /// It was suspended or resumed.
    Suspension,
    /// It was blocked or unblocked.
    Block,
    /// Its password was changed or removed.
    Password,
    /// A token was revoked or replaced, of which its record tells.
    End,
}

/// Adds the tombstones of whatever ended, or was restricted, after a position of the log, whoever did
/// it, to those of this machine. Returns the position that has been reached.
///
/// A change through this machine records its own tombstones. A server, which sees the changes of
/// others, records theirs with this: should the store be rolled back, this machine knows better.
///
/// # Errors
///
/// Those of every read; and the tombstones of this machine cannot be written.
pub fn remember_endings(core: &mut Core, after: &LogHead) -> Result<LogHead> {
    let (reached, tombstones) = core.read(|r| {
        let mut endings = Endings::new();
        let mut visit = |_: u64, entry: Entry| {
            note(&mut endings, &entry);
            Ok(())
        };
        let reached = match r.log_after(after, &mut visit) {
            // Another history was accepted: what it holds is not known from the position.
            Err(Error::History(History::Fork(_))) => {
                r.log_from(0, &mut visit)?;
                r.log_head()
            }
            reached => reached?,
        };
        Ok((reached, tombstones(r, &endings)?))
    })?;
    core.store.record_tombstones(&tombstones)?;
    Ok(reached)
}

fn note(endings: &mut Endings, entry: &Entry) {
    let Some((kind, matter)) = entry.known_action().and_then(matter) else {
        return;
    };
    let ending = endings
        .entry((kind.word(), entry.object.id.clone()))
        .or_default();
    ending.epoch = ending.epoch.max(entry.epoch);
    ending.matters.insert(matter);
}

fn matter(action: Action) -> Option<(ObjectKind, Matter)> {
    Some(match action {
        Action::TokenRevoke | Action::TokenRotate => (ObjectKind::Token, Matter::End),
        Action::TokenSuspend | Action::TokenResume | Action::TokenRestrict => {
            (ObjectKind::Token, Matter::Suspension)
        }
        Action::ProfileDelete => (ObjectKind::Profile, Matter::Deletion),
        Action::ProfileSuspend | Action::ProfileResume | Action::ProfileRestrict => {
            (ObjectKind::Profile, Matter::Suspension)
        }
        Action::PasswordSet | Action::PasswordClear => (ObjectKind::Profile, Matter::Password),
        Action::ConnectionDelete => (ObjectKind::Connection, Matter::Deletion),
        Action::ConnectionBlock | Action::ConnectionUnblock | Action::ConnectionRestrict => {
            (ObjectKind::Connection, Matter::Block)
        }
        Action::EnvironmentDelete => (ObjectKind::Environment, Matter::Deletion),
        _ => return None,
    })
}

/// The tombstones of what is noted, by what the store says of it now.
fn tombstones(r: &mut Reader<'_>, endings: &Endings) -> Result<Vec<Dated>> {
    let mut found = Vec::new();
    for ((kind, id), ending) in endings {
        if *kind == ObjectKind::Token.word() {
            if let Ok(id) = id.parse() {
                of_token(r, id, ending, &mut found)?;
            }
        } else if let Ok(id) = id.parse() {
            of_other(r, kind, id, ending, &mut found)?;
        }
    }
    Ok(found)
}

fn of_token(
    r: &mut Reader<'_>,
    id: TokenId,
    ending: &Ending,
    found: &mut Vec<Dated>,
) -> Result<()> {
    // One that was removed had ended before, which was noted then.
    let Some((record_id, token)) = by_id(r, id)? else {
        return Ok(());
    };
    let mut add = |tombstone| found.push((ending.epoch, tombstone));
    let rotation = match r.find(Unique::Rotation(id))? {
        Some(rotation) => Some(r.require::<Rotation>(rotation)?),
        None => None,
    };
    if token.revoked.is_some() {
        let replaced = token.successor.is_some() || rotation.is_some();
        let keep = token.expires_at.filter(|_| !replaced);
        add(Tombstone::revoked(record_id, keep));
        return Ok(());
    }
    if let Some(rotation) = rotation {
        let former = rotation.former_end;
        add(Tombstone::replaced(record_id, token.expires_at, former));
    }
    if ending.matters.contains(&Matter::Suspension) {
        add(suspension(record_id, token.suspended.as_ref()));
    }
    Ok(())
}

fn of_other(
    r: &mut Reader<'_>,
    kind: &str,
    id: RecordId,
    ending: &Ending,
    found: &mut Vec<Dated>,
) -> Result<()> {
    let mut add = |tombstone| found.push((ending.epoch, tombstone));
    if ending.matters.contains(&Matter::Deletion) {
        add(Tombstone::deleted(id));
        return Ok(());
    }
    if kind == ObjectKind::Connection.word() {
        let connection: Connection = r.require(id)?;
        add(match connection.blocked {
            Some(_) => Tombstone::blocked(id),
            None => Tombstone::unblocked(id),
        });
        return Ok(());
    }
    if ending.matters.contains(&Matter::Password) {
        add(Tombstone::password_changed(id));
    }
    if ending.matters.contains(&Matter::Suspension) {
        let profile: Profile = r.require(id)?;
        add(suspension(id, profile.suspended.as_ref()));
    }
    Ok(())
}

fn suspension(id: RecordId, suspended: Option<&Suspension>) -> Tombstone {
    match suspended {
        Some(suspension) => Tombstone::suspended(id, suspension.until),
        None => Tombstone::resumed(id),
    }
}
