//! Where the server listens.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::str::FromStr;

use crate::model::invalid::Invalid;

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A TCP port of an address of this machine.
    Tcp(SocketAddr),
}

impl Address {
    /// The address of a server whose settings name none.
    pub fn usual() -> Self {
        Self::Tcp((Ipv4Addr::LOCALHOST, 8787).into())
    }

    /// The address of metrics and health if the settings name none.
    pub fn usual_metrics() -> Self {
        Self::Tcp((Ipv4Addr::LOCALHOST, 8788).into())
    }

    /// Begins to listen.
    pub(super) fn bind(&self) -> Result<TcpListener, BindError> {
        let Self::Tcp(address) = self;
        let bound = TcpListener::bind(address).and_then(|listener| {
            listener.set_nonblocking(true)?;
            Ok(listener)
        });
        bound.map_err(|source| BindError {
            address: self.clone(),
            source,
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
        }
    }
}

impl FromStr for Address {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let parsed = text.parse().map(Self::Tcp);
        parsed.map_err(|_| Invalid::new("an address to listen on", "use `127.0.0.1:8787`"))
    }
}

/// The server cannot listen on an address.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}")]
pub struct BindError {
    /// Where.
    pub address: Address,
    /// Why.
    pub source: io::Error,
}
