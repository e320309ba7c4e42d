//! Who sends a request to a door for holders: their address, and what they present.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::peer::Peer;
use crate::core::Request;
use crate::model::audit::{Actor, Remote};
use crate::model::name::ProfileName;
use crate::model::token::{Foreign, Presented, Token};

/// Where a request comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caller {
    /// The client's address, if it is known.
    pub(super) address: Option<IpAddr>,
}

impl Caller {
    /// The caller of a request.
    pub(super) fn of(head: &Parts) -> Self {
        let address = match head.extensions.get::<Peer>() {
            Some(Peer::Address(address)) => Some(address.to_canonical()),
            Some(Peer::Unix) | None => None,
        };
        Self { address }
    }

    /// A call to the core that the log names the caller for, and the profile that it asks for.
    pub(super) fn request(self, profile: Option<&ProfileName>) -> Request {
        // The log has no word for an unknown address; this one is nobody's.
        let unknown = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Request::from(Actor::Remote(Remote {
            address: self.address.unwrap_or(unknown),
            profile: profile.cloned(),
            token: None,
            request_id: None,
        }))
    }
}

/// Reads a token in an encoding that remote callers may use: all but bare hex.
pub(super) fn presented(text: &str) -> Option<Presented> {
    let own = Token::parse_remote(text).map(Presented::Own);
    own.or_else(|_| Foreign::parse(text).map(Presented::Foreign))
        .ok()
}

/// What a request presents as its bearer token.
#[derive(Debug)]
pub(super) enum Bearer {
    /// Nothing.
    None,
    /// What cannot be a token, or several.
    Malformed,
    /// This.
    Token(Presented),
}

impl Bearer {
    /// Reads the bearer token of a request (RFC 6750, 2.1).
    pub(super) fn of(head: &Parts) -> Self {
        let mut values = head.headers.get_all(AUTHORIZATION).iter();
        let Some(value) = values.next() else {
            return Self::None;
        };
        let credentials = value.to_str().ok().and_then(|text| text.split_once(' '));
        let token = credentials
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"))
            .and_then(|(_, token)| presented(token));
        match token {
            Some(token) if values.next().is_none() => Self::Token(token),
            _ => Self::Malformed,
        }
    }
}
