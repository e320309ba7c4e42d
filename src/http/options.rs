//! What is served, where, for whom and within which limits.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::door::Door;
use super::listen::Address;
use super::trusted::Trusted;
use crate::model::invalid::Invalid;
use crate::model::time::Span;
use crate::ops::session::MAX_LIFETIME;

/// The options of a server.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it listens.
    pub listen: Vec<Address>,
    /// What it answers.
    pub doors: BTreeSet<Door>,
    /// How long a session token lives: an hour at most.
    pub token_lifetime: Span,
    /// The peers whose word about a client's address counts.
    pub trust_proxy: Trusted,
    /// The one header of a trusted peer that has the client's address, in lower case.
    pub client_ip_header: HeaderField,
    /// How many tokens are kept in memory at most, tombstones included. A larger store is asked
    /// itself.
    pub table_limit: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: vec![Address::usual()],
            doors: Door::usual(),
            token_lifetime: MAX_LIFETIME,
            trust_proxy: Trusted::default(),
            client_ip_header: HeaderField::usual(),
            table_limit: 2_000_000,
        }
    }
}

/// The name of a header field, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderField(String);

impl HeaderField {
    /// `x-forwarded-for`.
    pub fn usual() -> Self {
        Self("x-forwarded-for".to_owned())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HeaderField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for HeaderField {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        // RFC 9110, 5.1 and 5.6.2: a token. HTTP libraries take the same for a name.
        match text.parse::<axum::http::HeaderName>() {
            Ok(name) => Ok(Self(name.as_str().to_owned())),
            Err(_) => Err(Invalid::new("a header name", "use `x-forwarded-for`")),
        }
    }
}
