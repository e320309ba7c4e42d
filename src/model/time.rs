//! Instants and durations, to the second.

mod instant;
mod relative;
mod span;

pub use instant::Time;
pub use relative::{Expiry, Overlap, Since, When};
pub use span::Span;
