//! What the fuzz targets share: a store, a server without sockets, and what every answer must be.
#![allow(clippy::missing_panics_doc)]

pub mod answers;
pub mod chance;
pub mod secrets;
pub mod server;
pub mod store;
pub mod words;
