//! A store in a `PostgreSQL` database: the same five tables, the same rows.
//!
//! `url` reads what an operator types, `resolve` fills what it leaves open, and what comes out is a
//! [`Database`], which needs nothing else: neither the environment nor a default.

mod backend;
mod commit;
mod config;
mod database;
mod draft;
mod driver;
mod fault;
mod handshake;
mod invalid;
mod kinds;
mod link;
mod merging;
mod parameters;
mod password;
mod pieces;
mod resolve;
mod rights;
pub mod schema;
mod server;
mod service;
mod state;
mod statement;
mod table;
mod tls;
mod transaction;
mod url;
mod uses;
mod verifier;
mod watch;

pub use backend::PostgresBackend;
pub use database::{Address, ChannelBinding, Database, Password, Tls, Verify};
pub use draft::create;
pub use invalid::{BadDatabase, Place};
pub use server::Server;
pub use url::DatabaseUrl;
