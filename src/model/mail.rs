//! Mail: messages, senders and transports.

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

/// A message to send. Its text may contain a code, so it is wiped on drop, and its parts are stored
/// only in the sealed store.
#[derive(Serialize, Deserialize)]
pub struct Message {
    /// Left part of the Message-ID; stays the same when the message is sent again.
    pub id: String,
    /// The recipient.
    pub to: EmailAddress,
    /// The subject, one line.
    pub subject: String,
    /// The plain-text part; its lines end in a line feed.
    #[serde(with = "secret::sealed")]
    pub text: String,
    /// The HTML part.
    #[serde(with = "secret::sealed")]
    pub html: String,
    /// When it was created.
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

/// Settings for outgoing mail: of the whole store, or of one environment.
#[derive(Debug, Serialize, Deserialize)]
pub struct MailSettings {
    /// The transport.
    pub transport: Transport,
    /// The sender.
    pub from: Sender,
    /// The password for the user in the transport's URL.
    pub password: Option<MailPassword>,
    /// The certificates that alone authenticate the server; the system's authorities if absent.
    pub authorities: Option<Authorities>,
    /// The environment they are for; `None` for all that have no settings of their own.
    pub environment: Option<RecordId>,
    /// When they were last set.
    pub updated_at: Time,
}
