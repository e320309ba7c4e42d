//! Verification codes: requested, exchanged once for a token, listed, cancelled.
//!
//! Codes are generated and used up only here. An operator sees what is wrong; [`is_for_operators`]
//! decides which errors nobody else may see.
//!
//! ```
//! use hallpass::ops::{Core, otp};
//!
//! # fn example(core: &mut Core, binding: otp::Binding) -> hallpass::Result<()> {
//! let request = otp::Request { binding, device: None, asked_from: None };
//! let requested = otp::request(core, &request)?;
//! // The mail is queued now; `outbox::send_one` sends it.
//! println!("valid until {}", requested.summary.expires_at);
//! # Ok(())
//! # }
//! ```

mod answer;
mod attempt;
mod cancel;
mod claim;
mod disclosure;
mod journal;
mod list;
mod prepare;
mod request;
mod summary;
mod validate;

pub use super::records::code::Binding;
pub use answer::{Answer, Refused, Submission, WhyNot};
pub use cancel::{cancel, preview_cancel};
pub use claim::{Claim, Found, InVain, Prospect, UserId, connection_of, find, look_up, turn_away};
pub use disclosure::is_for_operators;
pub use list::{list, list_in};
pub use prepare::{Activated, Prepared, Receipt, activate, prepare, withdraw};
pub use request::{Request, Requested, refusal, request, reveal};
pub use summary::Summary;
pub use validate::validate;
