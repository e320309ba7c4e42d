//! A store is looked at, checked and copied.

use std::path::PathBuf;

use data_encoding::HEXLOWER;
use serde::Serialize;

use crate::backend::options::OpenOptions;
use crate::backend::{Placement, Progress, Target};
use crate::barrier::{Census, Report};
use crate::core::Core;
use crate::error::Result;

/// What `store info` tells.
#[derive(Debug, Clone, Serialize)]
pub struct Info {
    /// Where it is.
    pub store: PathBuf,
    /// Its id, in hex.
    pub id: String,
    /// The format it is written in.
    pub format: u16,
    /// What it holds.
    #[serde(flatten)]
    pub census: Census,
    /// Where this machine remembers it.
    pub anchor: Option<PathBuf>,
    /// Whether it can be written.
    pub writable: bool,
    /// What opens it.
    pub keys: Vec<crate::barrier::SlotSummary>,
}

/// What can be said of an open store.
pub fn info(core: &mut Core, store: PathBuf) -> Result<Info> {
    let census = core.read(|r| Ok(r.census()))?;
    Ok(Info {
        store,
        id: HEXLOWER.encode(&core.store.id()),
        format: crate::barrier::FORMAT,
        census,
        anchor: core.store.anchor_path().map(Into::into),
        writable: core.store.writable(),
        keys: core.store.slots(),
    })
}

/// Checks every row, every sum, every entry and the whole log.
///
/// # Errors
///
/// The store is damaged: the first place that was found.
pub fn check(core: &mut Core, progress: &mut dyn FnMut(u64, u64)) -> Result<Report> {
    core.read(|r| r.check(progress))
}

/// Writes a copy to a file that must not be there; every row of it was checked.
///
/// # Errors
///
/// There is a file already; it cannot be written; or the store is damaged.
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
    core.store.back_up(&target, progress)
}

/// By how many seconds the clock is behind the store's last change, if that is too much.
pub fn clock_behind(core: &mut Core) -> Result<Option<i64>> {
    let now = core.now();
    let latest = core.read(|r| Ok(r.wall_max()))?;
    let behind = latest.seconds() - now.seconds();
    Ok((behind > crate::barrier::CLOCK_SLACK).then_some(behind))
}
