//! Where a caller is, for address rules.

use std::net::IpAddr;

/// Where the caller is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Caller {
    /// Not asked for: no address rule is checked.
    #[default]
    Unchecked,
    /// Not known: refused wherever an address rule applies.
    Unknown,
    /// At this address.
    At(IpAddr),
}

impl Caller {
    /// The address, if it is known.
    pub fn address(self) -> Option<IpAddr> {
        match self {
            Self::At(address) => Some(address),
            Self::Unchecked | Self::Unknown => None,
        }
    }
}

impl From<Option<IpAddr>> for Caller {
    /// An address that was named, or none to check.
    fn from(named: Option<IpAddr>) -> Self {
        named.map_or(Self::Unchecked, Self::At)
    }
}
