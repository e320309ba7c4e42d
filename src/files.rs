//! Files on this machine: who can change them, atomic replacement, and locks.
//!
//! Depends on no other module of the crate.

pub mod atomic;
pub mod lock;
pub mod private;
pub mod trust;
