//! The peers whose word about a client's address counts.

use std::str::FromStr;

use super::peer::Peer;
use crate::model::address::AddressRange;
use crate::model::invalid::Invalid;

/// A peer, or a network of peers, whose word about a client's address counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrustedPeer {
    /// Those with an address in this range.
    Range(AddressRange),
    /// Those that connect over a Unix socket.
    Unix,
}

impl FromStr for TrustedPeer {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text == "unix" {
            return Ok(Self::Unix);
        }
        text.parse().map(Self::Range)
    }
}

/// All peers whose word about a client's address counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trusted(Vec<TrustedPeer>);

impl FromIterator<TrustedPeer> for Trusted {
    fn from_iter<I: IntoIterator<Item = TrustedPeer>>(peers: I) -> Self {
        Self(peers.into_iter().collect())
    }
}

impl Trusted {
    /// Whether the word of `peer` counts.
    pub(super) fn is_trusted(&self, peer: Peer) -> bool {
        self.0.iter().any(|trusted| match (trusted, peer) {
            (TrustedPeer::Range(range), Peer::Address(address)) => range.contains(address),
            (TrustedPeer::Unix, Peer::Unix) => true,
            _ => false,
        })
    }
}
