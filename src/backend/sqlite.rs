//! A store in one hardened `SQLite` file (`docs/file-format.md`). The only user of `rusqlite`.

mod draft;
mod fault;
mod folder;
mod identity;
mod journal;
mod link;
mod names;
mod schema;
mod store;
mod store_file;
mod transaction;

pub use self::names::{is_store_sidecar, store_paths};
pub use self::schema::PINNED;
pub use self::store::SqliteBackend;
pub use super::options::{AtClose, FolderPolicy, Journal, OpenOptions};
