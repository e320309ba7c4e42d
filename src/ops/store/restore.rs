//! Restores a backup without reviving what ended after it was made.

mod apply;
mod decisions;
mod doubt;
mod known;
mod merge;
mod perform;
mod plan;

pub use doubt::{Doubt, MayRevive};
pub use perform::{Backup, Restored, preview, restore};
pub use plan::Carried;

pub(in crate::ops) use known::Known;
pub(in crate::ops) use plan::RestorePlan;
