//! Connections: integrations that tokens are valid for.
//!
//! ```
//! use hallpass::ops::{Core, connection, edit::IfThere};
//!
//! # fn example(core: &mut Core) -> hallpass::Result<()> {
//! let mut draft = connection::Draft::new("github".parse()?);
//! draft.token_lifetime = Some("30d".parse()?);
//! connection::add(core, &draft, IfThere::Refuse)?;
//! # Ok(())
//! # }
//! ```

mod add;
mod block;
mod change;
mod delete;
mod draft;
mod journal;
mod list;
mod summary;
mod walkthrough;

pub use add::add;
pub use block::{block, preview_block, preview_unblock, unblock};
pub use change::{edit, preview_edit, rotate_key};
pub use delete::{delete, preview_delete, users};
pub use draft::{Draft, Edits};
pub use list::{guide, list, list_in, show};
pub use summary::{State, Summary};
pub use walkthrough::{Names, Walkthrough, Wanted, template, walkthrough};

pub(in crate::ops) use add::insert;
pub(in crate::ops) use block::{block_within, unblock_within};
pub(in crate::ops) use change::edit_within;
pub(in crate::ops) use delete::{delete_again, delete_within};
pub(in crate::ops) use summary::summary;
