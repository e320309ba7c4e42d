//! Passwords of profiles: set, removed, and verified against a budget of failures.
//!
//! ```
//! use hallpass::ops::{Core, password};
//! use hallpass::secret::SecretText;
//!
//! # fn example(core: &mut Core, typed: &SecretText) -> hallpass::Result<()> {
//! let verdict = password::verify(core, &"ci".parse()?, typed)?;
//! println!("{}", verdict.reason);
//! # Ok(())
//! # }
//! ```

mod budget;
mod current;
mod deliver;
mod generate;
mod normal;
mod proven;
mod set;
mod strangers;
mod strength;
mod verify;

pub use budget::{LOCKED_AFTER, Lock};
pub use deliver::{Generated, replaces, set_generated};
pub use generate::generate;
pub use proven::{Mark, PasswordStamp, ProvenPasswords};
pub use set::{clear, ensure_settable, preview_change, set};
pub use strangers::Strangers;
pub use strength::Words;
pub use verify::{Cause, PasswordVerdict, prove, verify};

pub(in crate::ops) use set::prepare;
pub(in crate::ops) use verify::{PasswordProof, attempt, attempt_by_stranger};
