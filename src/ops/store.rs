//! The store as a whole: created, inspected, measured, copied, restored, and its key slots.
//!
//! ```
//! use hallpass::ops::{Core, store::key};
//!
//! # fn example(core: &mut Core) -> hallpass::Result<()> {
//! for slot in key::list(core)? {
//!     println!("{}", slot.id);
//! }
//! # Ok(())
//! # }
//! ```

mod accept;
mod adopt;
mod copy;
mod endings;
mod figures;
mod init;
mod inspect;
pub mod key;
mod restore;

pub use accept::{accept, preview_acceptance};
pub use adopt::adopt;
pub use copy::{Copied, Copy, copy, preview_copy};
pub use endings::remember_endings;
pub use figures::{Figures, Within, figures};
pub use init::init;
pub use inspect::{Info, back_up, check, clock_behind, info};
pub use restore::{Backup, Carried, Doubt, MayRevive, Restored, preview, restore};

pub(in crate::ops) use restore::{Known, RestorePlan};
