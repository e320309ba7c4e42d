//! Tokens: the secret, its encodings, its address, and its stored record.

mod address;
mod encoding;
mod foreign;
mod parent;
mod record;
mod rotation;
mod secret;
mod session;
pub(super) mod shape;

pub use address::TokenAddress;
pub use encoding::Encoding;
pub use foreign::{Digest, Foreign, Presented, Presenting};
pub use record::{Pending, Revocation, TokenRecord, TokenState, Use};
pub use rotation::Rotation;
pub use secret::{Malformed, Token};
pub use session::{Parent, Session, SessionBudget, SessionQueue};
pub use shape::{ID_PREFIX, holds_token, looks_like_token};
