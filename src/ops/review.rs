//! What is not as it should be: findings, each with the command that mends it.
//!
//! One transaction reads all that is judged ([`Survey`]); the judgement knows no store. `docs/review.md`
//! says what each finding means.

mod connections;
mod finding;
mod judge;
mod profiles;
mod survey;
mod tokens;
mod web;
mod whole;

pub use finding::{Finding, Flaw, Subject};
pub use judge::{Counts, Review, judge, review};
pub use survey::{Holder, PasswordUse, Survey};
