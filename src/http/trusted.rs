//! The proxies whose word about the client's address counts.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use super::peer::Peer;
use crate::model::address::AddressRange;
use crate::model::invalid::Invalid;

/// The shortest prefixes of a network that can be one operator's.
const SHORTEST_V4: u8 = 8;
const SHORTEST_V6: u8 = 16;

/// The IPv4-mapped addresses, `::ffff:0:0/96`.
const MAPPED: Ipv6Addr = Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0);
const MAPPED_PREFIX: u8 = 96;

/// A proxy, or a network of proxies, that says who its client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrustedPeer {
    /// Any process at one of these addresses.
    Range(AddressRange),
    /// Any process that connects over a Unix socket.
    Unix,
}

impl FromStr for TrustedPeer {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text == "unix" {
            return Ok(Self::Unix);
        }
        let range: AddressRange = text.parse()?;
        let (address, prefix) = text.split_once('/').unwrap_or((text, ""));
        match address.parse() {
            Ok(IpAddr::V4(_)) => ensure_narrow(prefix, SHORTEST_V4)?,
            Ok(IpAddr::V6(address)) => ensure_narrow_v6(address, prefix)?,
            Err(_) => return Err(invalid("use a network like `10.0.0.0/8`, or `unix`")),
        }
        Ok(Self::Range(range))
    }
}

impl fmt::Display for TrustedPeer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Range(range) => range.fmt(f),
            Self::Unix => f.pad("unix"),
        }
    }
}

/// Refuses what holds IPv4-mapped addresses: they are compared as IPv4 addresses, so such a network
/// would trust others than it seems to.
fn ensure_narrow_v6(address: Ipv6Addr, prefix: &str) -> Result<(), Invalid> {
    let length = prefix.parse().unwrap_or(128);
    if shares(address, MAPPED, length.min(MAPPED_PREFIX)) {
        let why = "it holds IPv4-mapped addresses; write the IPv4 network, like `10.0.0.0/8`";
        return Err(invalid(why));
    }
    // Addresses that are never routed on the Internet: a whole block of them can be one operator's.
    if address.is_unique_local() || address.is_unicast_link_local() {
        return Ok(());
    }
    ensure_narrow(prefix, SHORTEST_V6)
}

/// Whether two addresses have the first `length` bits in common.
fn shares(one: Ipv6Addr, other: Ipv6Addr, length: u8) -> bool {
    let different = one.to_bits() ^ other.to_bits();
    different.leading_zeros() >= u32::from(length)
}

fn ensure_narrow(prefix: &str, shortest: u8) -> Result<(), Invalid> {
    if prefix
        .parse::<u8>()
        .is_ok_and(|prefix: u8| prefix < shortest)
    {
        let why = format!(
            "it is too wide: whoever is in it could claim any address; use a prefix of at least {shortest}"
        );
        return Err(Invalid::new(WHAT, why));
    }
    Ok(())
}

const WHAT: &str = "a trusted proxy";

fn invalid(why: &'static str) -> Invalid {
    Invalid::new(WHAT, why)
}

/// All trusted proxies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trusted {
    networks: Vec<AddressRange>,
    unix: bool,
}

impl FromIterator<TrustedPeer> for Trusted {
    fn from_iter<I: IntoIterator<Item = TrustedPeer>>(peers: I) -> Self {
        let mut trusted = Self::default();
        for peer in peers {
            match peer {
                TrustedPeer::Range(range) => trusted.networks.push(range),
                TrustedPeer::Unix => trusted.unix = true,
            }
        }
        trusted
    }
}

impl Trusted {
    /// All of them, networks first.
    pub fn peers(&self) -> impl Iterator<Item = TrustedPeer> {
        let networks = self.networks.iter().copied().map(TrustedPeer::Range);
        networks.chain(self.unix.then_some(TrustedPeer::Unix))
    }

    /// Whether no proxy is trusted: every client is its peer.
    pub fn is_empty(&self) -> bool {
        self.networks.is_empty() && !self.unix
    }

    /// Whether this peer's word counts.
    pub(super) fn is_trusted(&self, peer: Peer) -> bool {
        match peer {
            Peer::Address(address) => self.contains(address),
            Peer::Unix => self.unix,
        }
    }

    /// Whether an address is one of a trusted network.
    pub(super) fn contains(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|range| range.contains(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<TrustedPeer, Invalid> {
        text.parse()
    }

    #[test]
    fn networks_addresses_and_unix_are_named() {
        for text in [
            "unix",
            "10.0.0.0/8",
            "192.0.2.7",
            "192.0.2.7/32",
            "2001:db8::/32",
            "::1",
            "fc00::/7",
            "fd00::/8",
            "fe80::/10",
            "2002::/16",
            "64:ff9b::/96",
            "::fffe:0:0/96",
        ] {
            assert!(parse(text).is_ok(), "{text}: {:?}", parse(text));
        }
    }

    #[test]
    fn mapped_and_over_wide_networks_are_refused() {
        for text in [
            "0.0.0.0/0",
            "0.0.0.0/1",
            "128.0.0.0/1",
            "8.0.0.0/7",
            "::/0",
            "::/1",
            "8000::/1",
            "2000::/3",
            "2001::/15",
            "::ffff:0:0/90",
            "::ffc0:0:0/90",
            "::ffff:0:0/96",
            "::ffff:10.0.0.0/104",
            "::ffff:10.0.0.1",
            "::/64",
            "::/80",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        let why = |text: &str| parse(text).unwrap_err().to_string();
        assert!(why("0.0.0.0/0").contains("too wide"));
        assert!(why("::ffff:10.0.0.0/104").contains("IPv4-mapped"));
        assert!(why("::/0").contains("IPv4-mapped"));
    }

    #[test]
    fn what_is_not_a_network_is_refused() {
        for text in [
            "",
            "UNIX",
            "localhost",
            "10.0.0.1/8",
            "10.0.0.0/33",
            "10.0.0.0/+8",
            "10.0.0.0/08",
            "10.0.0",
            "fe80::1%eth0",
            "[::1]",
            "127.0.0.1:80",
            "::1/129",
            "unix:/run/x",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_unix_peer_is_trusted_only_as_unix() {
        let networks: Trusted = ["127.0.0.0/8", "::1"]
            .iter()
            .map(|t| t.parse().unwrap())
            .collect();
        let unix: Trusted = [TrustedPeer::Unix].into_iter().collect();
        let loopback = Peer::Address("127.0.0.1".parse().unwrap());
        assert!(networks.is_trusted(loopback) && !networks.is_trusted(Peer::Unix));
        assert!(!unix.is_trusted(loopback) && unix.is_trusted(Peer::Unix));
        assert!(Trusted::default().is_empty() && !unix.is_empty() && !networks.is_empty());
        assert!(!networks.contains("128.0.0.1".parse().unwrap()));
        assert!(networks.contains("::ffff:127.1.2.3".parse().unwrap()));
    }
}
