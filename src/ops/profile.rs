//! Profiles: API users, what they may use, and whether they may.
//!
//! ```
//! use hallpass::ops::{Core, edit::IfThere, profile};
//!
//! # fn example(core: &mut Core) -> hallpass::Result<()> {
//! let mut draft = profile::Draft::new("ci".parse()?);
//! draft.connections = vec!["github".parse()?];
//! profile::add(core, &draft, IfThere::Refuse)?;
//! # Ok(())
//! # }
//! ```

mod add;
mod address;
mod change;
mod delete;
mod draft;
mod insert;
mod journal;
mod list;
mod membership;
mod summary;
mod suspend;

pub use add::{add, add_with_token};
pub use address::with_email;
pub use change::{edit, preview_edit};
pub use delete::{delete, preview_delete};
pub use draft::{Draft, Edits};
pub use list::{addresses, list, list_in, show};
pub use summary::{State, Summary};
pub use suspend::{preview_resume, preview_suspend, resume, suspend};

pub(in crate::ops) use change::edit_within;
pub(in crate::ops) use delete::{delete_again, delete_within};
pub(in crate::ops) use insert::insert;
pub(in crate::ops) use list::list_within;
pub(in crate::ops) use suspend::{resume_within, suspend_within};
