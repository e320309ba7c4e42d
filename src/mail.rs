//! The port that mail leaves through, and behind it the mail transports.

pub mod code;
mod compose;
mod html;
mod mailer;
mod outbox;
mod sendmail;
#[cfg(feature = "smtp")]
mod smtp;
mod system;
pub mod trial;
mod words;

pub use compose::compose;
pub use mailer::{Commit, Mailer};
pub use system::SystemMailer;

/// Whether this program can speak with mail servers (feature `smtp`).
pub const SPEAKS_SMTP: bool = cfg!(feature = "smtp");
