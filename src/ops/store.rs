//! The store as a whole: made, inspected, copied, restored, and its key slots.

mod accept;
mod init;
mod inspect;
pub mod key;
mod restore;

pub use accept::{accept, foresee_acceptance};
pub use init::init;
pub use inspect::{Info, back_up, check, clock_behind, info};
pub use restore::{Backup, Carried, Doubt, MayRevive, Restored, foresee, restore};

pub(in crate::ops) use restore::{Known, RestorePlan};
