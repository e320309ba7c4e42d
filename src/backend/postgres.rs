//! A store in a `PostgreSQL` database: the same five tables, the same rows.
//!
//! `url` reads what an operator types, `resolve` fills what it leaves open, and what comes out is a
//! [`Database`], which needs nothing else: neither the environment nor a default.

mod backend;
mod config;
mod database;
mod handshake;
mod invalid;
mod parameters;
mod password;
mod resolve;
mod service;
mod tls;
mod url;
mod verifier;

pub use backend::PostgresBackend;
pub use database::{Address, ChannelBinding, Database, Password, Tls, Verify};
pub use invalid::{BadDatabase, Place};
pub use url::DatabaseUrl;
