//! The message that carries a verification code.

use zeroize::Zeroizing;

use super::html::{page, push_facts};
use crate::html::push_escaped;
use crate::model::email::EmailAddress;
use crate::model::mail::Message;
use crate::model::time::{Span, Time};

/// The contents of a code message. The texts need not be escaped.
pub struct CodeMail<'a> {
    /// The left part of the Message-ID.
    pub id: String,
    /// The recipient.
    pub to: EmailAddress,
    /// The connection's name for people: its description, or else its name.
    pub connection: &'a str,
    /// The environment's name.
    pub environment: &'a str,
    /// The profile's name.
    pub profile: &'a str,
    /// The device that the token is for, if one was named.
    pub device: Option<&'a str>,
    /// The digits.
    pub code: &'a str,
    /// When the code expires.
    pub expires_at: Time,
    /// The lifetime that the code had when it was made.
    pub lifetime: Span,
    /// Where the request came from: an address, or words.
    pub asked_from: Option<String>,
    /// When the message was written.
    pub date: Time,
}

/// Builds the message. Each text that contains the code has its full capacity from the start: a
/// string that grows leaves copies behind.
pub fn message(mail: CodeMail<'_>) -> Message {
    let subject = format!("Verification code for {}", mail.connection);
    let mut about = vec![
        ("Connection", mail.connection),
        ("Environment", mail.environment),
        ("Profile", mail.profile),
    ];
    about.extend(mail.device.map(|device| ("Device", device)));
    about.extend(mail.asked_from.as_deref().map(|from| ("Origin", from)));
    let words = Words {
        subject: &subject,
        code: mail.code,
        lifetime: &in_words(mail.lifetime),
        until: &when(mail.expires_at),
        about: &about,
    };
    let text = words.text();
    let html = words.html();
    Message {
        id: mail.id,
        to: mail.to,
        subject,
        text,
        html,
        date: mail.date,
    }
}

const SHARE: &str = "Anyone who has this code can get a token for this profile. Do not share it:\n\
                     nobody who helps you needs it.";
const UNASKED: &str = "If you did not request it, do nothing: an unused code expires. If it happens\n\
                       again, tell the people who run this connection.";

/// The contents of both parts of the message.
struct Words<'a> {
    subject: &'a str,
    code: &'a str,
    lifetime: &'a str,
    until: &'a str,
    about: &'a [(&'a str, &'a str)],
}

impl Words<'_> {
    /// Returns more bytes than either part needs: in HTML a character is six bytes at most.
    fn capacity(&self) -> usize {
        let length = |(name, value): &(&str, &str)| 512 + name.len() + value.len();
        let about: usize = self.about.iter().map(length).sum();
        4096 + 6 * (self.subject.len() + about)
    }

    fn text(&self) -> String {
        let Self {
            subject,
            code,
            lifetime,
            until,
            about,
        } = self;
        let mut text = String::with_capacity(self.capacity());
        text.extend([subject, ":\n\n", code, "\n\n"]);
        text.extend([
            "It can be used once, for ",
            lifetime,
            ": until ",
            until,
            ".\n",
        ]);
        text.push_str("Enter it where you were asked for it.\n\n");
        for (name, value) in *about {
            text.extend([&format!("{:<13}", format!("{name}:")), *value, "\n"]);
        }
        text.extend(["\n", SHARE, "\n\n", UNASKED, "\n"]);
        text
    }

    fn html(&self) -> String {
        let Self {
            subject,
            code,
            lifetime,
            until,
            about,
        } = self;
        let mut body = Zeroizing::new(String::with_capacity(self.capacity()));
        body.push_str("<h1 style=\"font-size:18px;margin:0\">");
        push_escaped(&mut body, subject);
        body.push_str("</h1>\n<p style=\"font-family:monospace;font-size:32px;font-weight:bold;");
        body.push_str("message-spacing:0.12em;margin:0.75em 0\">");
        push_escaped(&mut body, code);
        body.extend(["</p>\n<p>It can be used once, for ", lifetime]);
        body.extend([": until <strong>", until, "</strong>.\n"]);
        body.push_str("Enter it where you were asked for it.</p>\n");
        push_facts(&mut body, about);
        body.extend(["<p>", SHARE, "</p>\n<p>", UNASKED, "</p>\n"]);
        page(subject, &body)
    }
}

/// Formats a time: `2026-11-24 12:10:00 UTC`.
pub(super) fn when(time: Time) -> String {
    time.to_string().replace('T', " ").replace('Z', " UTC")
}

/// Formats a duration: `10 minutes`; in seconds if it is not whole minutes.
fn in_words(span: Span) -> String {
    let (count, unit) = match span.seconds() {
        seconds if seconds % 3600 == 0 => (seconds / 3600, "hour"),
        seconds if seconds % 60 == 0 => (seconds / 60, "minute"),
        seconds => (seconds, "second"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}
