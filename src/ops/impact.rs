//! The impact of a change: what it stops and opens, found by judging tokens before and after it.
//!
//! The change is made in a transaction that is rolled back. Whatever command makes it, the question
//! is the same: each token that a changed record affects is judged by the one verdict function,
//! with the records before and after. So no command option needs a rule of its own here.

mod addresses;
mod changed;
mod codes;
mod examples;
mod observe;
mod openings;
mod reach;
mod shift;
mod side;
mod summary;

pub use openings::Opening;
pub use shift::Narrowing;
pub use summary::Impact;

pub(in crate::ops) use examples::some_of;
pub(in crate::ops) use observe::{observe, preview};
