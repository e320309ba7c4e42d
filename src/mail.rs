//! Outgoing mail: the interface of a mailer, and the mail transports behind it.

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

/// Whether this build can speak to mail servers (feature `smtp`).
pub const SPEAKS_SMTP: bool = cfg!(feature = "smtp");
