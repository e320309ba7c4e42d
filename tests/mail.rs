//! Mail: what it says, byte by byte, and every way it leaves, with good servers and bad ones.

#[cfg(feature = "smtp")]
mod habits;
mod letters;
mod message;
mod outbox;
mod sendmail;
#[cfg(feature = "smtp")]
mod servers;
#[cfg(feature = "smtp")]
mod strangers;

use std::time::Duration;

use hallpass::mail::{Carrier as _, Post};
use hallpass::model::mail::Bounce;
use hallpass::model::mail::{Letter, MailSettings};
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

/// A letter that says `text`.
fn letter(text: &str) -> Letter {
    Letter {
        id: "0123abcd".to_owned(),
        to: "anna@example.org".parse().unwrap(),
        subject: "A test".to_owned(),
        text: text.to_owned(),
        html: "<p>Hello</p>\n".to_owned(),
        date: NOON,
    }
}

/// A post office that does not wait long.
fn post() -> Post {
    Post::new(Mode::from_raw_mode(0o022)).with_patience(Duration::from_secs(10))
}

/// Hands a letter over; nobody has anything against its end.
fn carry(mut post: Post, settings: &MailSettings, letter: &Letter) -> Result<(), Bounce> {
    post.carry(settings, letter, &mut || Ok(()))
}

#[cfg(feature = "smtp")]
/// One that gives up soon, for what never answers.
fn impatient() -> Post {
    post().with_patience(Duration::from_millis(300))
}
