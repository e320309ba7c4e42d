//! Mail: a message, who sends it, and by which way.

mod outcome;
mod secret;
mod sender;
mod transport;

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::email::EmailAddress;
use super::id::RecordId;
use super::time::Time;

pub use outcome::{Remedy, SendError, SendFailure};
pub use secret::{Authorities, MailPassword};
pub use sender::Sender;
pub use transport::{Host, Security, Server, Transport};

/// A mail that is to be sent. Its text may hold a code, so it is wiped when dropped, and its parts
/// are written down in the sealed store alone.
#[derive(Serialize, Deserialize)]
pub struct Message {
    /// Left part of the Message-ID; stays the same when the message is sent again.
    pub id: String,
    /// To whom.
    pub to: EmailAddress,
    /// The subject: one line.
    pub subject: String,
    /// The part in plain text; its lines end in a line feed.
    #[serde(with = "secret::sealed")]
    pub text: String,
    /// The part in HTML.
    #[serde(with = "secret::sealed")]
    pub html: String,
    /// When it was written.
    pub date: Time,
}

impl Drop for Message {
    fn drop(&mut self) {
        self.text.zeroize();
        self.html.zeroize();
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message(..)")
    }
}

/// How mail is sent: by the whole store, or for one environment.
#[derive(Debug, Serialize, Deserialize)]
pub struct MailSettings {
    /// By which way.
    pub transport: Transport,
    /// From whom.
    pub from: Sender,
    /// What the user of the server signs in with.
    pub password: Option<MailPassword>,
    /// Whose certificates the server may have; the system's authorities when absent.
    pub authorities: Option<Authorities>,
    /// For which environment; `None` for all that have no settings of their own.
    pub environment: Option<RecordId>,
    /// When they were set.
    pub updated_at: Time,
}
