//! The five tables in memory, for tests, with injected faults and tampering.

mod connection;
mod faults;
mod tables;
mod transaction;
mod watched;

pub use self::connection::MemoryBackend;
pub use self::faults::{Around, Faults};
pub use self::tables::Tables;
pub use self::watched::{Line, State as LineState};
