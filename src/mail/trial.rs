//! The letter that `mail test` sends.

use crate::model::email::EmailAddress;
use crate::model::mail::Letter;
use crate::model::time::Time;

use super::code::when;
use super::html::{escaped, page};

const SUBJECT: &str = "Test mail from hallpass";
const UNASKED: &str = "Nothing needs to be done about it.";

/// Writes the letter; `id` is the left part of its Message-ID.
pub fn letter(id: String, to: EmailAddress, date: Time) -> Letter {
    let says = format!(
        "Mail works: `hallpass mail test` sent this at {}.",
        when(date)
    );
    let text = format!("{says}\n{UNASKED}\n");
    let body = format!("<p>{}\n{UNASKED}</p>\n", escaped(&says));
    Letter {
        id,
        to,
        subject: SUBJECT.to_owned(),
        text,
        html: page(SUBJECT, &body),
        date,
    }
}
