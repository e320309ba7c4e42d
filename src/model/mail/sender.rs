//! The sender of mail.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::email::EmailAddress;
use crate::model::invalid::Invalid;
use crate::model::text::FreeText;

/// The sender's address, with or without a name: `noreply@example.com`, `Example
/// <noreply@example.com>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sender {
    name: Option<FreeText>,
    address: EmailAddress,
}

/// The maximum length of the name, in characters.
const LONGEST: usize = 64;

impl Sender {
    /// The display name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_ref().map(FreeText::as_str)
    }

    /// The address.
    pub fn address(&self) -> &EmailAddress {
        &self.address
    }
}

impl FromStr for Sender {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let Some((name, address)) = text
            .trim()
            .strip_suffix('>')
            .and_then(|it| it.split_once('<'))
        else {
            return Ok(Self {
                name: None,
                address: text.trim().parse()?,
            });
        };
        Ok(Self {
            name: named(name)?,
            address: address.parse()?,
        })
    }
}

fn named(text: &str) -> Result<Option<FreeText>, Invalid> {
    let text = text.trim();
    let text = text
        .strip_prefix('"')
        .and_then(|it| it.strip_suffix('"'))
        .unwrap_or(text)
        .trim();
    if text.is_empty() {
        return Ok(None);
    }
    if text.contains(['"', '<', '>', '\\']) || text.chars().count() > LONGEST {
        return Err(Invalid::new(
            "a sender",
            "use `Name <name@example.com>`, the name of at most 64 characters without quotes in it",
        ));
    }
    text.parse().map(Some)
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} <{}>", self.address),
            None => write!(f, "{}", self.address),
        }
    }
}

impl TryFrom<String> for Sender {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Sender> for String {
    fn from(sender: Sender) -> Self {
        sender.to_string()
    }
}
