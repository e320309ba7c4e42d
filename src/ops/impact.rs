//! What a change stops and what it opens, found by judging what it concerns before and after it.
//!
//! The change is made in a transaction that is rolled back. Whatever command makes it, the question
//! is the same: each token that a changed record bears on is judged as the store was and as it
//! would be, by the one verdict function. So no flag of any command has a rule of its own here.

mod changed;
mod codes;
mod examples;
mod observe;
mod openings;
mod reach;
mod shift;
mod summary;

pub use openings::Opening;
pub use shift::Narrowing;
pub use summary::Impact;

pub(in crate::ops) use examples::some_of;
pub(in crate::ops) use observe::{foresee, observe};
