//! Ranges of IP addresses.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::encoding;
use super::invalid::Invalid;

/// A network in CIDR notation, or a single address.
///
/// IPv4 and IPv6 never match each other. An IPv4-mapped address (`::ffff:192.0.2.1`) counts as the
/// IPv4 address, in the range and in the address that is checked, so the socket's address family
/// makes no difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AddressRange(IpNet);

impl AddressRange {
    /// Whether `address` is in the range.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }

    /// Whether an allow list permits `address`; an empty list permits any.
    pub fn allow(list: &[Self], address: IpAddr) -> bool {
        list.is_empty() || list.iter().any(|range| range.contains(address))
    }

    /// Representative addresses that distinguish any rules built from these ranges: every address
    /// is in exactly the same ranges as one of the probes.
    pub fn probes<'a>(ranges: impl IntoIterator<Item = &'a Self>) -> BTreeSet<IpAddr> {
        // Membership changes only at the start and just after the end of a range. An IPv4-mapped
        // address counts as the IPv4 address, so the address space behind that block needs a probe
        // of its own.
        let behind_mapped = Ipv6Addr::new(0, 0, 0, 0, 1, 0, 0, 0);
        let starts = [Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()];
        let mut probes = BTreeSet::from(starts);
        probes.insert(behind_mapped.into());
        for Self(range) in ranges {
            probes.insert(range.network());
            probes.extend(successor(range.broadcast()));
        }
        probes
    }

    fn new(address: IpAddr, prefix: u8) -> Result<Self, Invalid> {
        let range = IpNet::new(address, prefix).map_err(|_| malformed())?;
        if range.network() != address {
            let network = range.trunc();
            let why = format!("it has host bits set; the network is `{network}`");
            return Err(Invalid::new(WHAT, why));
        }
        Ok(Self(unmapped(range)))
    }
}

/// The next address of the same family, if there is one.
fn successor(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(four) => four
            .to_bits()
            .checked_add(1)
            .map(|bits| Ipv4Addr::from_bits(bits).into()),
        IpAddr::V6(six) => six
            .to_bits()
            .checked_add(1)
            .map(|bits| Ipv6Addr::from_bits(bits).into()),
    }
}

const WHAT: &str = "an address range";

fn malformed() -> Invalid {
    Invalid::new(
        WHAT,
        "use an address like `192.0.2.1` or `2001:db8::1`, or a network like `10.0.0.0/8`",
    )
}

/// Converts an IPv4-mapped range to the IPv4 range.
fn unmapped(range: IpNet) -> IpNet {
    let IpNet::V6(six) = range else { return range };
    let four = six
        .network()
        .to_ipv4_mapped()
        .zip(six.prefix_len().checked_sub(96));
    four.and_then(|(network, prefix)| Ipv4Net::new(network, prefix).ok())
        .map_or(range, IpNet::V4)
}

impl FromStr for AddressRange {
    type Err = Invalid;

    /// Parses `192.0.2.0/24`, `2001:db8::/32`, or a bare address, a range of one.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (address, prefix) = text
            .split_once('/')
            .map_or((text, None), |(a, p)| (a, Some(p)));
        // ipnet's own parser is more lenient than the standard library's (`010.0.0.1`).
        let address: IpAddr = address.parse().map_err(|_| malformed())?;
        let whole = if address.is_ipv4() { 32 } else { 128 };
        Self::new(
            address,
            prefix.map_or(Some(whole), number).ok_or_else(malformed)?,
        )
    }
}

/// A prefix length, without sign or leading zeros.
fn number(text: &str) -> Option<u8> {
    let plain = text == "0" || !text.starts_with(['0', '+']);
    text.parse().ok().filter(|_| plain)
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string())
    }
}

impl Serialize for AddressRange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        encoding::serialize(serializer, self, &self.0)
    }
}

impl<'de> Deserialize<'de> for AddressRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        encoding::deserialize(deserializer, |range: IpNet| {
            Self::new(range.addr(), range.prefix_len())
        })
    }
}
