//! Who the client is: the peer, or the client that a trusted proxy names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::http::HeaderMap;

use super::options::HeaderField;
use super::peer::Peer;
use super::trusted::Trusted;
use crate::model::audit::{Actor, Remote};
use crate::model::name::ProfileName;
use crate::model::verdict::Caller;

/// The client of a request.
///
/// The word of a peer counts only if it is trusted. Then the lines of the header are one list, and
/// the last entry that is not a trusted network is the client: those before it are the client's own
/// words. No such entry, or one that is not an address, leaves the client unknown.
pub(super) fn caller(
    peer: Option<Peer>,
    headers: &HeaderMap,
    trusted: &Trusted,
    header: &HeaderField,
) -> Caller {
    let Some(peer) = peer else {
        return Caller::Unknown;
    };
    if trusted.is_trusted(peer) {
        return named(headers, trusted, header);
    }
    match peer {
        Peer::Address(address) => Caller::At(address.to_canonical()),
        Peer::Unix => Caller::Unknown,
    }
}

fn named(headers: &HeaderMap, trusted: &Trusted, header: &HeaderField) -> Caller {
    let lines = headers.get_all(header.as_str()).iter().rev();
    let entries = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    for entry in entries {
        match address(entry) {
            Some(address) if trusted.contains(address) => (),
            Some(address) => return Caller::At(address),
            None => return Caller::Unknown,
        }
    }
    Caller::Unknown
}

/// Reads one entry: an address, with or without a port, an IPv6 address with or without brackets.
/// Zones are refused: they mean something on one host only.
fn address(entry: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(entry.trim_ascii()).ok()?;
    if let Some(rest) = text.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        let address: Ipv6Addr = address.parse().ok().filter(|_| is_port)?;
        return Some(IpAddr::V6(address).to_canonical());
    }
    // An address with one colon can only be an IPv4 address and a port.
    if let Some((address, port)) = text.split_once(':')
        && !port.contains(':')
    {
        let address: Ipv4Addr = address.parse().ok().filter(|_| is_port(port))?;
        return Some(address.into());
    }
    let address: IpAddr = text.parse().ok()?;
    Some(address.to_canonical())
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

/// An unknown address, where one has to be named; this one is nobody's.
pub(super) const UNKNOWN: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// The address whose failures are counted. Where no proxy is trusted, all clients may have the
/// address of one proxy: one of them would use up the budget of all. Where one is, those that it
/// does not name share one budget: nobody gets around theirs by being unknown.
pub(super) fn source(caller: Caller, trusted: &Trusted) -> Option<IpAddr> {
    (!trusted.is_empty()).then(|| caller.address().unwrap_or(UNKNOWN))
}

/// The actor that the audit log names for a request from `caller`, about a profile that exists.
pub(super) fn actor(caller: Caller, profile: Option<ProfileName>) -> Actor {
    Actor::Remote(Remote {
        address: caller.address().unwrap_or(UNKNOWN),
        profile,
        token: None,
        request_id: None,
    })
}

#[cfg(test)]
mod tests;
