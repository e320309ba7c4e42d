//! Environments: deployments that tokens are valid in.
//!
//! ```
//! use hallpass::ops::{Core, edit::IfThere, environment};
//!
//! # fn example(core: &mut Core) -> hallpass::Result<()> {
//! let draft = environment::Draft { name: "staging".parse()?, description: None };
//! environment::add(core, &draft, IfThere::Refuse)?;
//! # Ok(())
//! # }
//! ```

mod add;
mod change;
mod delete;
mod draft;
mod journal;
mod list;
mod summary;

pub use add::add;
pub use change::{edit, preview_edit, rotate_key};
pub use delete::{delete, preview_delete, users};
pub use draft::{Draft, Edits};
pub use list::{default, list, show};
pub use summary::Summary;

pub(in crate::ops) use add::insert;
pub(in crate::ops) use change::{edit_within, make_default_again};
pub(in crate::ops) use delete::{delete_again, delete_within};
pub(in crate::ops) use list::list_within;
