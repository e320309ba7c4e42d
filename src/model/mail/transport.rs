//! Mail transport URLs: `smtp://user@host:587`, `sendmail:/usr/sbin/sendmail`.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::path::{Component, Path};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::invalid::Invalid;
use crate::model::text::drives_terminal;

const WHAT: &str = "a mail transport";

/// A mail transport.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
#[non_exhaustive]
pub enum Transport {
    /// A mail server.
    Smtp(Server),
    /// A local program with sendmail's command line; an absolute path.
    Sendmail(String),
    /// A local folder that receives one file for each message; an absolute path.
    Outbox(String),
}

/// An SMTP server and how to connect to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// The protection of the connection.
    pub security: Security,
    /// The user to sign in as; `None` for no sign-in.
    pub user: Option<String>,
    /// The host.
    pub host: Host,
    /// Its port.
    pub port: u16,
}

/// The protection of a connection to a mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// STARTTLS; without it nothing is sent.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// None; allowed only to this machine.
    None,
}

impl Security {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::StartTls => "starttls",
            Self::Tls => "tls",
            Self::None => "none",
        }
    }

    fn scheme(self) -> &'static str {
        match self {
            Self::StartTls | Self::None => "smtp",
            Self::Tls => "smtps",
        }
    }

    fn port(self) -> u16 {
        match self {
            Self::StartTls | Self::None => 587,
            Self::Tls => 465,
        }
    }
}

/// The host of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A host name, in lower case.
    Name(String),
    /// An IP address.
    Address(IpAddr),
}

impl Host {
    /// Whether it is a loopback host.
    pub fn is_loopback(&self) -> bool {
        match self {
            Self::Name(name) => name == "localhost",
            Self::Address(address) => address.is_loopback(),
        }
    }
}

impl Transport {
    /// The same server without TLS.
    ///
    /// # Errors
    ///
    /// The URL asks for TLS or names a user, the server is not on this machine, or the transport is not
    /// SMTP.
    pub fn insecure_plain(self) -> Result<Self, Invalid> {
        match self {
            Self::Smtp(Server {
                security: Security::Tls,
                ..
            }) => Err(Invalid::new(
                WHAT,
                "`smtps:` is encrypted; use `smtp:` for an unencrypted connection",
            )),
            Self::Smtp(server) if server.user.is_some() => Err(Invalid::new(
                WHAT,
                "signing in over an unencrypted connection is not allowed",
            )),
            Self::Smtp(server) if server.host.is_loopback() => Ok(Self::Smtp(Server {
                security: Security::None,
                ..server
            })),
            Self::Smtp(_) => Err(Invalid::new(
                WHAT,
                "only a server on this machine (`localhost`, `127.0.0.1`, `[::1]`) may be used without encryption",
            )),
            Self::Sendmail(_) | Self::Outbox(_) => Err(Invalid::new(
                WHAT,
                "only a mail server can have an unencrypted connection",
            )),
        }
    }

    /// The server, if the transport is SMTP.
    pub fn server(&self) -> Option<&Server> {
        match self {
            Self::Smtp(server) => Some(server),
            Self::Sendmail(_) | Self::Outbox(_) => None,
        }
    }
}

impl FromStr for Transport {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.len() > 2048 || text.chars().any(drives_terminal) {
            return Err(Invalid::new(WHAT, "use at most 2048 visible characters"));
        }
        let (scheme, rest) = text.split_once(':').ok_or_else(unknown)?;
        let authority = || rest.strip_prefix("//").ok_or_else(unknown);
        match scheme.to_ascii_lowercase().as_str() {
            "smtp" => server(Security::StartTls, authority()?).map(Self::Smtp),
            "smtps" => server(Security::Tls, authority()?).map(Self::Smtp),
            "sendmail" => absolute(rest).map(Self::Sendmail),
            "outbox" => absolute(rest).map(Self::Outbox),
            _ => Err(unknown()),
        }
    }
}

fn unknown() -> Invalid {
    Invalid::new(
        WHAT,
        "use `smtp://user@host:587`, `smtps://user@host:465`, `sendmail:/usr/sbin/sendmail` or `outbox:/folder`",
    )
}

fn absolute(path: &str) -> Result<String, Invalid> {
    let as_path = Path::new(path);
    let parent = Component::ParentDir;
    if !as_path.is_absolute() || as_path.components().any(|part| part == parent) {
        return Err(Invalid::new(
            WHAT,
            "use an absolute path without `..` in it",
        ));
    }
    Ok(path.to_owned())
}

/// Parses what follows `//`: `[user@]host[:port][/]`.
fn server(security: Security, text: &str) -> Result<Server, Invalid> {
    let text = text.strip_suffix('/').unwrap_or(text);
    let (user, host_and_port) = match text.rsplit_once('@') {
        Some((user, host_and_port)) => (Some(signing_in(user)?), host_and_port),
        None => (None, text),
    };
    let (host, port) = match host_and_port.strip_prefix('[') {
        Some(rest) => rest.split_once(']').ok_or_else(no_host)?,
        None => host_and_port.split_at(host_and_port.find(':').unwrap_or(host_and_port.len())),
    };
    let host = if host_and_port.starts_with('[') {
        literal(host)?
    } else {
        named(host)?
    };
    Ok(Server {
        security,
        user,
        host,
        port: port_of(port, security)?,
    })
}

/// Decodes the user name, which may contain any character if it is percent-encoded.
fn signing_in(text: &str) -> Result<String, Invalid> {
    if text.contains(':') {
        return Err(Invalid::new(
            WHAT,
            "it contains a password, which `ps` and the shell's history would show",
        )
        .with_hint("leave it out and use `--password-file FILE`, or be asked at a terminal"));
    }
    decoded(text)
        .filter(|user| (1..=255).contains(&user.len()) && !user.chars().any(drives_terminal))
        .ok_or_else(|| Invalid::new(WHAT, "the user name before `@` must have at most 255 bytes"))
}

fn decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        let byte = data_encoding::HEXLOWER_PERMISSIVE
            .decode(digits.as_bytes())
            .ok()?;
        bytes.extend(byte);
        bytes.extend(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

fn no_host() -> Invalid {
    Invalid::new(
        WHAT,
        "the host must be an ASCII name (`mail.example.com`), an address, or `[::1]` in brackets",
    )
}

fn literal(text: &str) -> Result<Host, Invalid> {
    let address = text.parse::<Ipv6Addr>().map_err(|_| no_host())?;
    Ok(Host::Address(IpAddr::V6(address)))
}

/// Parses a host name of RFC 1123 letters, digits and hyphens, or an IPv4 address.
fn named(text: &str) -> Result<Host, Invalid> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(Host::Address(address));
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || c == b'-')
    };
    // A name whose last label is a number is a mistyped address.
    let is_number = |label: &str| label.bytes().all(|c| c.is_ascii_digit());
    let labels = || text.split('.');
    let fits =
        text.len() <= 253 && labels().all(is_label) && !labels().next_back().is_some_and(is_number);
    if fits {
        Ok(Host::Name(text.to_ascii_lowercase()))
    } else {
        Err(no_host())
    }
}

fn port_of(text: &str, security: Security) -> Result<u16, Invalid> {
    if text.is_empty() {
        return Ok(security.port());
    }
    let digits = text
        .strip_prefix(':')
        .filter(|digits| digits.bytes().all(|c| c.is_ascii_digit()));
    let port = digits
        .and_then(|digits| digits.parse().ok())
        .filter(|port| *port > 0);
    port.ok_or_else(|| {
        Invalid::new(
            WHAT,
            "the host must be followed by `:` and a port of 1 to 65535",
        )
    })
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Smtp(server) => server.fmt(f),
            Self::Sendmail(path) => write!(f, "sendmail:{path}"),
            Self::Outbox(folder) => write!(f, "outbox:{folder}"),
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.security.scheme())?;
        for byte in self.user.iter().flat_map(|user| user.bytes()) {
            match byte {
                b'-' | b'.' | b'_' | b'~' | b'+' => write!(f, "{}", char::from(byte))?,
                _ if byte.is_ascii_alphanumeric() => write!(f, "{}", char::from(byte))?,
                _ => write!(f, "%{byte:02X}")?,
            }
        }
        let at = if self.user.is_some() { "@" } else { "" };
        write!(f, "{at}{}:{}", self.host, self.port)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(IpAddr::V4(address)) => write!(f, "{address}"),
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
        }
    }
}

/// The stored encoding: the URL as it was typed, and whether TLS was waived.
#[derive(Clone, Serialize, Deserialize)]
struct Written {
    url: String,
    plain: bool,
}

impl TryFrom<Written> for Transport {
    type Error = Invalid;

    fn try_from(Written { url, plain }: Written) -> Result<Self, Invalid> {
        let transport: Self = url.parse()?;
        if plain {
            transport.insecure_plain()
        } else {
            Ok(transport)
        }
    }
}

impl From<Transport> for Written {
    fn from(transport: Transport) -> Self {
        let plain = transport
            .server()
            .is_some_and(|server| server.security == Security::None);
        Self {
            url: transport.to_string(),
            plain,
        }
    }
}
