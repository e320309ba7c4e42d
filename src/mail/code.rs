//! The letter that carries a verification code.

use crate::model::email::EmailAddress;
use crate::model::mail::Letter;
use crate::model::time::{Span, Time};

use super::html::{escaped, facts, page};

/// What the letter is told. None of the texts needs to be escaped.
pub struct CodeMail<'a> {
    /// Left part of the Message-ID.
    pub id: String,
    /// To whom.
    pub to: EmailAddress,
    /// What the connection is called by people: its description, or else its name.
    pub connection: &'a str,
    /// The environment's name.
    pub environment: &'a str,
    /// The profile's name.
    pub profile: &'a str,
    /// Where the token is to be used, if that was said.
    pub device: Option<&'a str>,
    /// The digits.
    pub code: &'a str,
    /// Until when they count.
    pub expires_at: Time,
    /// For how long they counted when they were made.
    pub lifetime: Span,
    /// Where it was asked from: an address, or words.
    pub asked_from: Option<String>,
    /// When it was written.
    pub date: Time,
}

/// Writes the letter.
pub fn letter(mail: CodeMail<'_>) -> Letter {
    let subject = format!("Verification code for {}", mail.connection);
    let until = when(mail.expires_at);
    let lifetime = in_words(mail.lifetime);
    let mut about = vec![
        ("Connection", mail.connection),
        ("Environment", mail.environment),
        ("Profile", mail.profile),
    ];
    about.extend(mail.device.map(|device| ("Device", device)));
    about.extend(mail.asked_from.as_deref().map(|from| ("Asked from", from)));
    let text = text(&subject, mail.code, &lifetime, &until, &about);
    let html = html(&subject, mail.code, &lifetime, &until, &about);
    Letter { id: mail.id, to: mail.to, subject, text, html, date: mail.date }
}

const SHARE: &str = "Whoever has this code can get a token for this profile. Do not pass it on:\n\
                     nobody who helps you needs it.";
const UNASKED: &str = "If you did not ask for it, do nothing: unused, the code ends by itself. If it\n\
                       happens again, tell whoever looks after this connection.";

fn text(subject: &str, code: &str, lifetime: &str, until: &str, about: &[(&str, &str)]) -> String {
    let mut facts = String::new();
    for (name, value) in about {
        facts.extend([&format!("{:<13}", format!("{name}:")), *value, "\n"]);
    }
    format!(
        "{subject}:\n\n{code}\n\n\
         It works once, for {lifetime}: until {until}.\n\
         Type it where you were asked for it.\n\n\
         {facts}\n{SHARE}\n\n{UNASKED}\n"
    )
}

fn html(subject: &str, code: &str, lifetime: &str, until: &str, about: &[(&str, &str)]) -> String {
    let body = format!(
        "<h1 style=\"font-size:18px;margin:0\">{}</h1>\n\
         <p style=\"font-family:monospace;font-size:32px;font-weight:bold;letter-spacing:0.12em;\
         margin:0.75em 0\">{}</p>\n\
         <p>It works once, for {}: until <strong>{}</strong>.\nType it where you were asked for it.</p>\n\
         {}\
         <p>{SHARE}</p>\n\
         <p>{UNASKED}</p>\n",
        escaped(subject),
        escaped(code),
        escaped(lifetime),
        escaped(until),
        facts(about),
    );
    page(subject, &body)
}

/// `2026-11-24 12:10:00 UTC`.
pub(super) fn when(time: Time) -> String {
    time.to_string().replace('T', " ").replace('Z', " UTC")
}

/// `10 minutes`; what is not whole minutes, in seconds.
fn in_words(span: Span) -> String {
    let (count, unit) = match span.seconds() {
        seconds if seconds % 3600 == 0 => (seconds / 3600, "hour"),
        seconds if seconds % 60 == 0 => (seconds / 60, "minute"),
        seconds => (seconds, "second"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}
