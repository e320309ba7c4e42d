//! Verification codes: requested, exchanged once for a token, listed, cancelled (store.md 12).
//!
//! The one place where a code is made and the one place where it is used up. An operator is told
//! what is wrong; [`is_for_operators`] says which of it nobody else is.

mod answer;
mod cancel;
mod disclosure;
mod journal;
mod list;
mod request;
mod summary;
mod validate;

pub use super::records::code::Binding;
pub use answer::{Answer, Refused, Submission, WhyNot};
pub use cancel::{cancel, foresee_cancel};
pub use disclosure::is_for_operators;
pub use list::{list, list_in};
pub use request::{Request, Requested, request, reveal};
pub use summary::Summary;
pub use validate::validate;
