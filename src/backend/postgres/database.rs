//! A database that is named completely.

use std::path::PathBuf;
use std::time::Duration;

use zeroize::Zeroizing;

/// A database, with everything that is needed to connect to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// Where a server may listen, in the order in which they are tried.
    pub addresses: Vec<Address>,
    /// The role to log in as.
    pub user: String,
    /// The database on that server.
    pub name: String,
    /// The schema that holds the store.
    pub schema: String,
    /// Encryption of a connection over TCP.
    pub tls: Tls,
    /// Whether SCRAM is bound to the TLS channel.
    pub channel_binding: ChannelBinding,
    /// How long to wait for each address.
    pub connect_timeout: Duration,
}

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Address {
    /// A host name or IP address, and a port.
    Tcp(String, u16),
    /// The folder of a Unix socket, and the port in the socket's name.
    Socket(PathBuf, u16),
}

/// Encryption of a connection over TCP. A Unix socket is never encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// What is required of the server.
    pub verify: Verify,
    /// A PEM file with the authorities to trust; `None` for those of the system.
    pub roots: Option<PathBuf>,
    /// PEM files with the client's certificate and its key.
    pub client: Option<(PathBuf, PathBuf)>,
}

/// What is required of a server's encryption (`sslmode` of libpq).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verify {
    /// `disable`: no encryption.
    Plain,
    /// `prefer`: encrypted if the server can, nothing verified.
    Prefer,
    /// `require`: encrypted, nothing verified.
    Encrypted,
    /// `verify-ca`: the certificate is signed by a trusted authority.
    Authority,
    /// `verify-full`: and it names the host.
    Full,
}

/// Whether SCRAM is bound to the TLS channel (`channel_binding` of libpq).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelBinding {
    /// Never.
    Disable,
    /// If the server can.
    Prefer,
    /// Always.
    Require,
}

/// The password of a role.
pub type Password = Zeroizing<Vec<u8>>;
