//! The message that `mail test` sends.

use crate::model::email::EmailAddress;
use crate::model::mail::Message;
use crate::model::time::Time;

use super::code::when;
use super::html::{escaped, page};

const SUBJECT: &str = "Test mail from hallpass";
const UNASKED: &str = "No action is needed.";

/// Builds the message; `id` is the left part of its Message-ID.
pub fn message(id: String, to: EmailAddress, date: Time) -> Message {
    let says = format!(
        "Mail works: `hallpass mail test` sent this at {}.",
        when(date)
    );
    let text = format!("{says}\n{UNASKED}\n");
    let body = format!("<p>{}\n{UNASKED}</p>\n", escaped(&says));
    Message {
        id,
        to,
        subject: SUBJECT.to_owned(),
        text,
        html: page(SUBJECT, &body),
        date,
    }
}
