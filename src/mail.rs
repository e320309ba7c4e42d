//! The port that mail leaves through, and behind it the mail transports.

mod carrier;
pub mod code;
mod html;
mod message;
mod outbox;
mod post;
mod sendmail;
#[cfg(feature = "smtp")]
mod smtp;
pub mod trial;
mod words;

pub use carrier::{Carrier, Commit};
pub use message::message;
pub use post::Post;

/// Whether this program can speak with mail servers (feature `smtp`).
pub const SPEAKS_SMTP: bool = cfg!(feature = "smtp");
