//! The five tables in memory, for tests: with faults on order, and open to tampering.

mod connection;
mod faults;
mod tables;
mod transaction;

pub use self::connection::MemoryBackend;
pub use self::faults::{Around, Faults};
pub use self::tables::Tables;
