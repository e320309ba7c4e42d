//! The core of hallpass: records, the sealed store, and the operations on it.
//!
//! It is synchronous, never talks to a person, and reads neither the environment, the home folder
//! nor the wall clock: a front end hands these in. `docs/architecture.md` draws the rooms.

pub mod backend;
pub mod barrier;
pub mod bounded;
pub mod clock;
pub mod core;
pub mod crypto;
pub mod entropy;
pub mod error;
pub mod files;
pub mod html;
pub mod kind;
pub mod mail;
pub mod model;
pub mod open;
pub mod ops;
pub mod process;
pub mod scan;
pub mod secret;
#[expect(
    unsafe_code,
    reason = "locked memory, process hardening and signals need the system"
)]
pub mod sys;

pub use error::{Error, Result};
pub use kind::Kind;
