//! Who sends a request to a door for holders.

use std::net::IpAddr;

use axum::http::request::Parts;

use super::app::App;
use super::client;
use super::peer::Peer;
use super::request_id::RequestTag;
use crate::core::Request;
use crate::model::audit::{Actor, Remote};
use crate::model::name::ProfileName;
use crate::model::verdict::Caller;
use crate::ops::verify::Asked;

/// The client of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Client {
    /// Where it is, for address rules.
    pub(super) caller: Caller,
    /// The address whose failures are counted, if any is ([`client::source`]).
    pub(super) source: Option<IpAddr>,
}

impl Client {
    /// The client of a request.
    pub(super) fn of(app: &App, head: &Parts) -> Self {
        let peer = head.extensions.get::<Peer>().copied();
        let trusted = &app.options.trust_proxy;
        let header = &app.options.client_ip_header;
        let caller = client::caller(peer, &head.headers, trusted, header);
        let source = client::source(caller, trusted);
        Self { caller, source }
    }

    /// The use to judge its own token for: no connection, from where it is.
    pub(super) fn asked(self) -> Asked {
        Asked {
            caller: self.caller,
            ..Asked::default()
        }
    }

    /// As [`Self::request`], with the id by which the request is found in the access log.
    pub(super) fn request_in(self, head: &Parts, profile: Option<&ProfileName>) -> Request {
        let mut request = self.request(profile);
        if let Actor::Remote(remote) = &mut request.actor {
            let tag = head.extensions.get::<RequestTag>();
            remote.request_id = tag.and_then(RequestTag::id);
        }
        request
    }

    /// A call to the core that the log names the client for, and the profile that it says it is.
    pub(super) fn request(self, profile: Option<&ProfileName>) -> Request {
        Request::from(Actor::Remote(Remote {
            address: self.caller.address().unwrap_or(client::UNKNOWN),
            profile: profile.cloned(),
            token: None,
            request_id: None,
        }))
    }
}
