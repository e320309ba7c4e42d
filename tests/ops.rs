//! What the operations promise, on a store in memory and a clock that is told the time.

mod audit;
mod budget;
mod clock;
mod connection;
mod device;
mod ensure;
mod environment;
mod fixture;
mod guide;
mod handover;
mod import;
mod login;
mod mail;
mod otp;
mod password;
mod pending;
mod profile;
mod prune;
mod review;
mod rotate;
mod selection;
mod shapes;
mod suspension;
mod token;
mod used;
mod verify;
