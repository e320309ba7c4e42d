//! Reviews a store: findings, each with the command that fixes it.
//!
//! One transaction reads everything that is judged ([`Survey`]); the judgement itself does not read
//! the store. `docs/review.md` explains each finding.
//!
//! ```
//! use hallpass::model::severity::Severity;
//! use hallpass::ops::{Core, review};
//!
//! # fn example(core: &mut Core) -> hallpass::Result<()> {
//! let found = review::review(core)?;
//! if found.has(Severity::High) {
//!     println!("{} severe findings", found.counts.high);
//! }
//! # Ok(())
//! # }
//! ```

mod connections;
mod finding;
mod index;
mod judge;
mod profiles;
mod survey;
mod tokens;
mod whole;

pub use finding::{Finding, Flaw, ProgramCommand, Subject};
pub use judge::{Counts, Review, judge, review};
pub use survey::{Holder, PasswordUse, Survey};
