//! The bytes of a message (RFC 5322, RFC 2045): one builder for every transport.

use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::date::Date;
use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use mail_builder::mime::MimePart;
use zeroize::Zeroizing;

use crate::model::mail::{MailSettings, Message};
use crate::model::text::drives_terminal;

/// The capacity from the start: a buffer that grows leaves copies of a code behind.
const CAPACITY: usize = 64 * 1024;

/// Formats the message, with CR LF at the end of each line: 7-bit, at most 78 characters per line
/// except for what cannot be folded. The same message gives the same bytes.
pub fn compose(by: &MailSettings, message: &Message) -> Zeroizing<Vec<u8>> {
    let id = safe(&message.id);
    let text = lines(&message.text);
    let html = lines(&message.html);
    let body = MimePart::new(
        // Both parts are encoded wherever they could be mistaken for a boundary.
        ContentType::new("multipart/alternative").attribute("boundary", format!("=_{id}")),
        vec![
            MimePart::new("text/plain", text.as_str()),
            MimePart::new("text/html", html.as_str()),
        ],
    );
    let from = &by.from;
    let mut bytes = Zeroizing::new(Vec::with_capacity(CAPACITY));
    MessageBuilder::new()
        .header("Date", Date::new(message.date.seconds()))
        .from(Address::new_address(from.name(), from.address().as_str()))
        .to(Address::new_address(None::<&str>, message.to.as_str()))
        .subject(Text::new(line(&message.subject)))
        .header(
            "Message-ID",
            MessageId::new(format!("{id}@{}", from.address().domain())),
        )
        // RFC 3834: suppresses out-of-office replies.
        .header("Auto-Submitted", Raw::new("auto-generated"))
        .header("X-Auto-Response-Suppress", Raw::new("All"))
        .header("MIME-Version", Raw::new("1.0"))
        .body(body)
        .serialize(&mut *bytes);
    bytes
}

/// Keeps the characters that are allowed in a Message-ID, a boundary and a file name.
pub(super) fn safe(id: &str) -> String {
    let is_fine = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    id.chars().filter(is_fine).take(48).collect()
}

/// Removes control characters except for newlines; carriage returns go as well.
fn lines(text: &str) -> Zeroizing<String> {
    let mut lines = Zeroizing::new(String::with_capacity(text.len()));
    lines.extend(
        text.chars()
            .filter(|c| !c.is_control() || matches!(c, '\n' | '\t')),
    );
    lines
}

/// Returns one line without anything that a terminal acts on.
fn line(subject: &str) -> String {
    subject
        .chars()
        .map(|c| if drives_terminal(c) { ' ' } else { c })
        .collect()
}
