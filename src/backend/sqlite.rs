//! A store in one hardened `SQLite` file (`docs/file-format.md`). The only user of `rusqlite`.

mod draft;
mod fault;
mod folder;
mod identity;
mod journal;
mod link;
mod names;
mod place;
mod schema;
mod store;
mod transaction;

pub use self::names::{beside, lies_beside_a_store};
pub use self::schema::PINNED;
pub use self::store::SqliteBackend;
pub use super::options::{AtClose, FolderPolicy, Journal, OpenOptions};
