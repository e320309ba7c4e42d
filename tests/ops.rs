//! What the operations promise, on a store in memory and a clock that is told the time.

mod clock;
mod connection;
mod environment;
mod fixture;
mod handover;
mod password;
mod profile;
mod shapes;
mod suspension;
mod token;
mod verify;
