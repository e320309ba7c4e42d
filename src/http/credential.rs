//! The credential of a request: in one of two headers, never in a query.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::model::token::{Presented, Token};
use crate::secret::{SecretBytes, SecretText};

/// The header for clients whose `Authorization` is the application's.
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// The longest value of `Basic`: the longest token of another system, a name, and base64.
const LONGEST_BASIC: usize = 8 * 1024;

/// Which header counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Source {
    /// Either, but not both.
    #[default]
    Either,
    /// `Authorization`, whatever the other holds.
    Authorization,
    /// `X-Api-Key`, whatever the other holds.
    ApiKey,
}

/// The credential of a request.
#[derive(Debug)]
pub(super) enum Credential {
    /// None was sent.
    None,
    /// More than one was sent: which one counts would be a guess.
    Several,
    /// What was sent is not a credential.
    Malformed,
    /// A token.
    Token(Presented),
    /// A user name and a password, which may be a token.
    Basic(Basic),
}

/// The credential of the scheme `Basic`.
#[derive(Debug)]
pub(super) struct Basic {
    /// The user name: not a secret, but whatever the client sent.
    pub(super) user: String,
    /// The password.
    pub(super) password: SecretText,
}

impl Credential {
    /// Reads the credential of a request.
    pub(super) fn read(headers: &HeaderMap, source: Source) -> Self {
        let authorization = (source != Source::ApiKey).then_some(AUTHORIZATION);
        let api_key = (source != Source::Authorization).then_some(API_KEY);
        let mut found = None;
        for name in [authorization, api_key].into_iter().flatten() {
            for value in headers.get_all(&name) {
                if found.replace((name == API_KEY, value)).is_some() {
                    return Self::Several;
                }
            }
        }
        match found {
            None => Self::None,
            Some((true, value)) => value
                .to_str()
                .ok()
                .and_then(token)
                .unwrap_or(Self::Malformed),
            Some((false, value)) => of_authorization(value).unwrap_or(Self::Malformed),
        }
    }
}

fn of_authorization(value: &HeaderValue) -> Option<Credential> {
    let text = value.to_str().ok()?;
    let (scheme, rest) = text.split_once(' ')?;
    let is = |name: &str| scheme.eq_ignore_ascii_case(name);
    if is("Bearer") {
        token(rest)
    } else if is("AfasToken") {
        // With the scheme, nothing but the base64 of the XML is read.
        let token = Token::parse_remote(text).ok()?;
        Some(Credential::Token(Presented::Own(token)))
    } else if is("Basic") {
        Basic::parse(rest.trim_ascii_start()).map(Credential::Basic)
    } else {
        None
    }
}

fn token(text: &str) -> Option<Credential> {
    Presented::parse_remote(text).ok().map(Credential::Token)
}

impl Basic {
    /// Reads `base64(user ‖ ":" ‖ password)` (RFC 7617), in UTF-8.
    fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST_BASIC {
            return None;
        }
        let decoded = SecretBytes::from_base64(text)?;
        let decoded = str::from_utf8(decoded.expose()).ok()?;
        if decoded.contains(char::is_control) {
            return None;
        }
        let (user, password) = decoded.split_once(':')?;
        Some(Self {
            user: user.to_owned(),
            password: SecretText::new(password.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests;
