//! A database that is named completely.

use std::fmt::{self, Write as _};
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
    /// Passwords by host (`~/.pgpass`), if there is no other file with the password.
    pub passfile: Option<PathBuf>,
}

impl Database {
    /// Names the database for this machine's memory: the same for every role, and in whichever order
    /// the hosts are given.
    pub fn identity(&self) -> String {
        let mut addresses: Vec<_> = self.addresses.iter().collect();
        addresses.sort();
        addresses.dedup();
        self.url_with(addresses)
    }

    /// What is not ensured of a connection over TCP, if anything.
    pub fn weakness(&self) -> Option<&'static str> {
        let is_tcp = |address: &Address| matches!(address, Address::Tcp(..));
        if !self.addresses.iter().any(is_tcp) {
            return None;
        }
        match self.tls.verify {
            Verify::Plain => {
                Some("`sslmode=disable`: the connection to the database is not encrypted")
            }
            Verify::Prefer => Some(
                "`sslmode=prefer`: the connection to the database need not be encrypted, and the \
                 server is not verified",
            ),
            Verify::Encrypted => {
                Some("`sslmode=require`: the server of the database is not verified")
            }
            Verify::Authority => {
                Some("`sslmode=verify-ca`: the name of the database's server is not verified")
            }
            Verify::Full => None,
        }
    }

    fn url_with<'a>(&self, addresses: impl IntoIterator<Item = &'a Address>) -> String {
        let addresses: Vec<_> = addresses.into_iter().map(ToString::to_string).collect();
        let hosts = addresses.join(",");
        let name = encoded(&self.name);
        let schema = &self.schema;
        format!("postgres://{hosts}/{name}?schema={schema}")
    }
}

impl fmt::Display for Database {
    /// Writes the URL in a normal form, without the role.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url_with(&self.addresses))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(host, port) if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp(host, port) => write!(f, "{host}:{port}"),
            Self::Socket(folder, port) => {
                write!(f, "{}:{port}", encoded(&folder.to_string_lossy()))
            }
        }
    }
}

/// Encodes all but unreserved characters (RFC 3986, section 2.3).
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            // A text takes everything.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
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
