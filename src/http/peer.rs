//! Who opened a connection.

use std::fmt;
use std::net::IpAddr;

/// Who opened a connection. Every request has this as an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    /// A process at this address.
    Address(IpAddr),
    /// A process of this machine, over a Unix socket: it has no address.
    Unix,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Unix => f.write_str("unix"),
        }
    }
}
