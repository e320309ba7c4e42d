//! Mail: what it says, byte by byte, and every way it leaves, with good servers and bad ones.

#[cfg(feature = "smtp")]
mod habits;
mod message;
mod messages;
mod outbox;
mod sendmail;
#[cfg(feature = "smtp")]
mod servers;
#[cfg(feature = "smtp")]
mod strangers;

use std::time::Duration;

use hallpass::mail::{Mailer as _, SystemMailer};
use hallpass::model::mail::SendError;
use hallpass::model::mail::{MailSettings, Message};
use hallpass::model::time::Time;
use rustix::fs::Mode;

/// 2026-11-24 12:00:00 UTC.
const NOON: Time = Time::from_seconds(1_795_521_600);

/// Settings as `mail set URL` makes them, without a password.
fn settings(url: &str) -> MailSettings {
    MailSettings {
        transport: url.parse().unwrap(),
        from: "Example <noreply@example.com>".parse().unwrap(),
        password: None,
        authorities: None,
        environment: None,
        updated_at: NOON,
    }
}

/// A message that says `text`.
fn saying(text: &str) -> Message {
    Message {
        id: "0123abcd".to_owned(),
        to: "anna@example.org".parse().unwrap(),
        subject: "A test".to_owned(),
        text: text.to_owned(),
        html: "<p>Hello</p>\n".to_owned(),
        date: NOON,
    }
}

/// A post office that does not wait long.
fn post() -> SystemMailer {
    SystemMailer::new(Mode::from_raw_mode(0o022)).with_patience(Duration::from_secs(10))
}

/// Hands a message over; nobody has anything against its end.
fn hand_over(
    mut post: SystemMailer,
    settings: &MailSettings,
    message: &Message,
) -> Result<(), SendError> {
    post.send(settings, message, &mut || Ok(()))
}

#[cfg(feature = "smtp")]
/// One that gives up soon, for what never answers.
fn impatient() -> SystemMailer {
    post().with_patience(Duration::from_millis(300))
}
