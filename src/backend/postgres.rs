//! A store in a `PostgreSQL` database: the same five tables, the same rows.

mod database;

pub use database::{Address, ChannelBinding, Database, Tls, Verify};
