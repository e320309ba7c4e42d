//! The verdict on a token for one use.
//!
//! There is one rule: a list of checks, each of which passes, fails or does not apply. The verdict is
//! the first that fails; the explanation of a verdict is the outcome of each.

mod caller;
mod check;
mod explanation;
mod facts;
mod names;
mod parts;
mod reason;
mod relevance;
mod words;

pub use caller::Caller;
pub use check::{CheckResult, judge, outcomes};
pub use explanation::{ExplainedCheck, explain, explain_unverified};
pub use facts::Facts;
pub use names::FactNames;
pub use parts::{AddressParts, ConnectionParts};
pub use reason::Reason;
pub use relevance::{same_for_connection, same_for_profile};
