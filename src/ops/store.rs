//! The store as a whole: made, looked at, copied, put back, and its key slots.

use std::path::PathBuf;

use data_encoding::HEXLOWER;
use serde::Serialize;

use super::{Core, World, environment};
use crate::backend::options::OpenOptions;
use crate::backend::{Backend, Placement, Progress, Target};
use crate::barrier::{Census, Founding, NewSlot, Report, State, Store, StoreId};
use crate::error::Result;
use crate::model::audit::Object;
use crate::model::name::EnvironmentName;

mod accept;
pub mod key;
mod restore;

pub use accept::{accept, foresee_acceptance};
pub use restore::{Backup, Carried, Doubt, MayRevive, Restored, foresee, restore};

/// The environment every store begins with.
const FIRST_ENVIRONMENT: &str = "production";

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

/// Makes a store, with its first environment, in a backend that is a draft.
pub fn init(
    backend: Box<dyn Backend>,
    id: StoreId,
    slots: Vec<NewSlot<'_>>,
    state: &State,
    mut world: World,
) -> Result<Core> {
    let name: EnvironmentName = FIRST_ENVIRONMENT.parse()?;
    let draft = environment::Draft { name, description: None };
    let founding = Founding { id, slots, now: world.clock.now(), actor: &world.actor };
    let store = Store::found(backend, &founding, state, &mut *world.entropy, |w| {
        w.audit("store.init", object(), crate::barrier::Details::new())?;
        environment::insert(w, &draft).map(drop)
    })?;
    Ok(Core::new(store.publish()?, world))
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
pub fn check(core: &mut Core, progress: &mut dyn FnMut(u64, u64)) -> Result<Report> {
    core.read(|r| r.check(progress))
}

/// Writes a copy to a file that must not be there; every row of it was checked.
pub fn back_up(
    core: &mut Core,
    path: &std::path::Path,
    options: &OpenOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report> {
    let target = Target { path, placement: Placement::New, options };
    core.store.back_up(&target, progress)
}

/// By how many seconds the clock is behind the store's last change, if that is too much.
pub fn clock_behind(core: &mut Core) -> Result<Option<i64>> {
    let (now, latest) = (core.clock.now(), core.read(|r| Ok(r.wall_max()))?);
    let behind = latest.seconds() - now.seconds();
    Ok((behind > crate::barrier::CLOCK_SLACK).then_some(behind))
}

/// The store itself, as the log names it.
fn object() -> Object {
    Object { kind: "store".into(), id: String::new(), name: None }
}
