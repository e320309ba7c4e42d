//! Passwords of profiles: set, cleared, verified on a budget of failures (store.md 11).

mod budget;
mod current;
mod deliver;
mod generate;
mod normal;
mod set;
mod strength;
mod verify;

pub use budget::{LOCKED_AFTER, Lock};
pub use deliver::{Generated, replaces, set_generated};
pub use generate::generate;
pub use set::{clear, ensure_settable, set};
pub use strength::Words;
pub use verify::{Cause, PasswordVerdict, verify};

pub(in crate::ops) use set::prepare;
pub(in crate::ops) use verify::{PasswordProof, attempt};
