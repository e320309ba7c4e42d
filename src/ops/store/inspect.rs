//! Inspects, checks and copies a store.

use std::path::PathBuf;

use data_encoding::HEXLOWER;
use serde::Serialize;

use crate::backend::options::OpenOptions;
use crate::backend::{Placement, Progress, Target};
use crate::barrier::{Census, Report};
use crate::core::Core;
use crate::error::Result;

/// General information about a store.
#[derive(Debug, Clone, Serialize)]
pub struct Info {
    /// Its path, or the URL of its database.
    pub store: String,
    /// Its id, in hex.
    pub id: String,
    /// Its format version.
    pub format: u16,
    /// The server of its database, as it writes its name and version.
    pub server: Option<String>,
    /// The role that hallpass has there.
    pub role: Option<String>,
    /// What the role can do although it need not.
    pub excess_rights: Option<Vec<String>>,
    /// The number of its records.
    #[serde(flatten)]
    pub census: Census,
    /// The path of this machine's anchor.
    pub anchor: Option<PathBuf>,
    /// Whether it is writable.
    pub writable: bool,
    /// The place to which it was moved, if it was: it is not used any more.
    pub moved_to: Option<String>,
    /// Its key slots.
    pub keys: Vec<crate::barrier::SlotSummary>,
}

/// General information about an open store.
///
/// # Errors
///
/// As [`Core::read`].
pub fn info(core: &mut Core, store: String) -> Result<Info> {
    let (census, moved_to) = core.read(|r| Ok((r.census(), r.moved_to()?)))?;
    let facts = core.store.facts()?;
    let (server, role, excess_rights) = facts.map_or((None, None, None), |it| {
        (Some(it.server), Some(it.role), Some(it.excess_rights))
    });
    Ok(Info {
        store,
        id: HEXLOWER.encode(&core.store.id()),
        format: crate::barrier::FORMAT,
        server,
        role,
        excess_rights,
        census,
        anchor: core.store.anchor_path().map(Into::into),
        writable: core.store.writable(),
        moved_to,
        keys: core.store.slots(),
    })
}

/// Checks every row, every sum, every index entry and the whole log.
///
/// # Errors
///
/// The store is damaged; the error names the first damage found.
pub fn check(core: &mut Core, progress: &mut dyn FnMut(u64, u64)) -> Result<Report> {
    core.read(|r| r.check(progress))
}

/// Writes a copy to a file that must not exist; every row of it is checked.
///
/// # Errors
///
/// The file exists; it cannot be written; or the store is damaged.
pub fn back_up(
    core: &mut Core,
    path: &std::path::Path,
    options: &OpenOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report> {
    let target = Target {
        path,
        placement: Placement::New,
        options,
    };
    core.following(|core| core.store.back_up(&target, &mut *progress))
}

/// How many seconds the clock is behind the store's last change, if that is too much.
///
/// # Errors
///
/// As [`Core::read`].
pub fn clock_behind(core: &mut Core) -> Result<Option<i64>> {
    let now = core.now();
    let latest = core.read(|r| Ok(r.wall_max()))?;
    let behind = latest.seconds() - now.seconds();
    Ok((behind > crate::barrier::CLOCK_SLACK).then_some(behind))
}
