//! Where the server listens.

use std::fmt;
use std::io;
use std::net::{self, Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::str::FromStr;

use super::unix_socket::{Claimed, claim};
use crate::model::invalid::Invalid;
use crate::sys::sockets::{Family, family_of_listener};

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A TCP port of an address of this machine.
    Tcp(SocketAddr),
    /// A Unix socket, by its path: `unix:PATH`.
    Unix(PathBuf),
    /// Sockets that the service manager handed over, by their name: `fd:NAME`.
    Inherited(String),
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

    /// Whether only this machine reaches it, or the service manager answers for it.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Tcp(address) => address.ip().to_canonical().is_loopback(),
            Self::Unix(_) | Self::Inherited(_) => true,
        }
    }

    /// The path of a Unix socket.
    pub fn path(&self) -> Option<&PathBuf> {
        match self {
            Self::Unix(path) => Some(path),
            _ => None,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Inherited(name) => write!(f, "fd:{name}"),
        }
    }
}

impl FromStr for Address {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || {
            let why = "use `127.0.0.1:8787`, `unix:PATH` or `fd:NAME`";
            Invalid::new("an address to listen on", why)
        };
        if let Some(path) = text.strip_prefix("unix:") {
            let path = Some(PathBuf::from(path));
            let path = path.filter(|path| path.file_name().is_some());
            return path.map(Self::Unix).ok_or_else(invalid);
        }
        if let Some(name) = text.strip_prefix("fd:") {
            let fits = is_descriptor_name(name);
            return fits
                .then(|| Self::Inherited(name.to_owned()))
                .ok_or_else(invalid);
        }
        text.parse().map(Self::Tcp).map_err(|_| invalid())
    }
}

/// Whether the service manager accepts the name: `FileDescriptorName=` of systemd.socket(5).
fn is_descriptor_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_graphic() && byte != b':' || byte == b' ';
    (1..=255).contains(&name.len()) && name.bytes().all(fits)
}

/// A socket that the service manager handed over.
#[derive(Debug)]
pub struct Inherited {
    /// Its name: `FileDescriptorName=`.
    pub name: String,
    /// The socket.
    pub socket: OwnedFd,
}

/// A socket that listens, before there is a runtime.
#[derive(Debug)]
pub(super) struct Bound {
    /// Where, as a client would say it: a port that was asked for as 0 has its number.
    pub(super) address: Address,
    /// The socket.
    pub(super) socket: Socket,
    /// The path that is removed at the end.
    pub(super) claimed: Option<Claimed>,
}

impl Bound {
    /// Whether it is encrypted where there is a certificate.
    pub(super) fn is_tcp(&self) -> bool {
        matches!(self.socket, Socket::Tcp(_))
    }
}

/// A socket that listens.
#[derive(Debug)]
pub(super) enum Socket {
    Tcp(net::TcpListener),
    Unix(std::os::unix::net::UnixListener),
}

/// Begins to listen on all of `addresses`. What was handed over and is listened on is taken from
/// `inherited`.
pub(super) fn bind(
    addresses: &[Address],
    group: Option<u32>,
    inherited: &mut Vec<Inherited>,
) -> Result<Vec<Bound>, BindError> {
    let mut all = Vec::new();
    for address in addresses {
        let failed = |source| BindError {
            address: address.clone(),
            source,
        };
        match address {
            Address::Tcp(wanted) => all.push(tcp(*wanted).map_err(failed)?),
            Address::Unix(path) => {
                let (socket, claimed) = claim(path, group).map_err(failed)?;
                all.push(Bound {
                    address: address.clone(),
                    socket: Socket::Unix(socket),
                    claimed: Some(claimed),
                });
            }
            Address::Inherited(name) => {
                let named = take(name, inherited);
                if named.is_empty() {
                    return Err(failed(unnamed()));
                }
                for socket in named {
                    all.push(adopted(address, socket).map_err(failed)?);
                }
            }
        }
    }
    Ok(all)
}

fn tcp(wanted: SocketAddr) -> io::Result<Bound> {
    let socket = net::TcpListener::bind(wanted)?;
    socket.set_nonblocking(true)?;
    Ok(Bound {
        address: Address::Tcp(socket.local_addr()?),
        socket: Socket::Tcp(socket),
        claimed: None,
    })
}

/// Takes the sockets of that name: a socket unit may have several.
fn take(name: &str, inherited: &mut Vec<Inherited>) -> Vec<OwnedFd> {
    let (named, rest) = inherited.drain(..).partition(|it| it.name == name);
    *inherited = rest;
    let named: Vec<Inherited> = named;
    named.into_iter().map(|it| it.socket).collect()
}

fn adopted(address: &Address, socket: OwnedFd) -> io::Result<Bound> {
    let socket = match family_of_listener(&socket)? {
        Family::Tcp => Socket::Tcp(socket.into()),
        Family::Unix => Socket::Unix(socket.into()),
    };
    match &socket {
        Socket::Tcp(socket) => socket.set_nonblocking(true)?,
        Socket::Unix(socket) => socket.set_nonblocking(true)?,
    }
    Ok(Bound {
        address: address.clone(),
        socket,
        claimed: None,
    })
}

fn unnamed() -> io::Error {
    io::Error::new(
        io::ErrorKind::NotFound,
        "the service manager handed over no socket of that name",
    )
}

/// The server cannot listen on an address.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on `{address}`")]
pub struct BindError {
    /// Where.
    pub address: Address,
    /// Why.
    pub source: io::Error,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_written_in_one_format() {
        for text in ["127.0.0.1:8787", "[::1]:0", "unix:/run/a b.sock", "fd:http"] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
        let long = format!("fd:{}", "n".repeat(256));
        for text in [
            "",
            "8787",
            "localhost:1",
            "unix:",
            "unix:/",
            "fd:",
            "fd:a:b",
            "fd:\u{e9}",
            &long,
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_socket_that_was_not_handed_over_is_named() {
        let error = bind(&["fd:http".parse().unwrap()], None, &mut Vec::new()).unwrap_err();
        assert_eq!(error.to_string(), "cannot listen on `fd:http`");
        assert_eq!(error.source.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_descriptor_that_does_not_listen_is_refused() {
        let (one, _other) = std::os::unix::net::UnixStream::pair().unwrap();
        let mut inherited = vec![Inherited {
            name: "http".to_owned(),
            socket: one.into(),
        }];
        let error = bind(&["fd:http".parse().unwrap()], None, &mut inherited).unwrap_err();
        assert_eq!(error.source.kind(), io::ErrorKind::InvalidInput);
    }
}
