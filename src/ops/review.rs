//! What is not as it should be: findings, each with the command that mends it.
//!
//! One transaction reads all that is judged ([`Survey`]); the judgement knows no store. `docs/review.md`
//! says what each finding means.
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
mod judge;
mod profiles;
mod survey;
mod tokens;
mod web;
mod whole;

pub use finding::{Finding, Flaw, ProgramCommand, Subject};
pub use judge::{Counts, Review, judge, review};
pub use survey::{Holder, PasswordUse, Survey};
