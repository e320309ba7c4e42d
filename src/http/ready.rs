//! Asks a server whether it can answer: for containers that have nothing else to ask with.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use serde::Serialize;

use super::listen::Address;
use crate::model::invalid::Invalid;

/// What is asked for where the URL names no path.
const PATH: &str = "/readyz";

/// Where a server is asked: `http://HOST:PORT/PATH`, or `unix:SOCKET`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthUrl {
    end: End,
    path: String,
}

/// The other end of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    /// A host, without brackets, and its port.
    Tcp(String, u16),
    /// A socket of this machine.
    Unix(PathBuf),
}

/// The answer of a server that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Probe {
    /// Whether requests should be sent to it.
    pub ready: bool,
    /// Where it was asked.
    pub url: String,
    /// The status of its answer, if there was one.
    pub status: Option<u16>,
    /// Why there was none.
    pub cause: Option<String>,
}

impl HealthUrl {
    /// Where the server that listens there is asked on this machine; `None` if only the service
    /// manager knows where that is.
    pub fn of(listener: &Address) -> Option<Self> {
        let text = listener.to_string();
        if let Some(socket) = text.strip_prefix("unix:") {
            return Some(Self {
                end: End::Unix(socket.into()),
                path: PATH.to_owned(),
            });
        }
        let address: SocketAddr = text.parse().ok()?;
        // What listens on every address is asked on the loopback.
        let host = match address {
            SocketAddr::V4(own) if own.ip().is_unspecified() => "127.0.0.1".to_owned(),
            SocketAddr::V6(own) if own.ip().is_unspecified() => "::1".to_owned(),
            _ => address.ip().to_string(),
        };
        Some(Self {
            end: End::Tcp(host, address.port()),
            path: PATH.to_owned(),
        })
    }
}

impl FromStr for HealthUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = |hint| Invalid::new("a URL of a server", hint);
        if text.starts_with("https:") {
            return Err(invalid("use `http://`: metrics and health have no TLS"));
        }
        if !text.bytes().all(|c| c.is_ascii_graphic()) || text.contains(['@', '#']) {
            return Err(invalid(FORMS));
        }
        if let Some(socket) = text.strip_prefix("unix:") {
            let is_absolute = socket.starts_with('/');
            let hint = "use the whole path of the socket: `unix:/run/hallpass/metrics.sock`";
            return is_absolute
                .then(|| Self {
                    end: End::Unix(socket.into()),
                    path: PATH.to_owned(),
                })
                .ok_or_else(|| invalid(hint));
        }
        let rest = text.strip_prefix("http://").ok_or_else(|| invalid(FORMS))?;
        let (authority, path) = match rest.find(['/', '?']) {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let (host, port) = split(authority).ok_or_else(|| invalid(FORMS))?;
        let path = match path {
            "" | "/" => PATH.to_owned(),
            path if path.starts_with('/') => path.to_owned(),
            query => format!("{PATH}{query}"),
        };
        Ok(Self {
            end: End::Tcp(host, port),
            path,
        })
    }
}

const FORMS: &str = "use `http://127.0.0.1:8788/readyz` or `unix:/run/hallpass/metrics.sock`";

/// The host and the port of an authority: `localhost`, `127.0.0.1:8788`, `[::1]:8788`.
fn split(authority: &str) -> Option<(String, u16)> {
    const USUAL: u16 = 80;
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => match authority.find(':') {
            Some(at) => authority.split_at(at),
            None => (authority, ""),
        },
    };
    let port = match port.strip_prefix(':') {
        Some(port) => port.parse().ok()?,
        None if port.is_empty() => USUAL,
        None => return None,
    };
    (!host.is_empty()).then(|| (host.to_owned(), port))
}

impl fmt::Display for HealthUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match &self.end {
            End::Tcp(host, port) if host.contains(':') => {
                write!(f, "http://[{host}]:{port}{path}")
            }
            End::Tcp(host, port) => write!(f, "http://{host}:{port}{path}"),
            End::Unix(socket) => write!(f, "unix:{}", socket.display()),
        }
    }
}

/// Asks a server, and waits for `limit` at most, the name of its host included.
pub fn probe(url: &HealthUrl, limit: Duration) -> Probe {
    let (sender, receiver) = channel();
    let asked = url.clone();
    // A thread of its own: nothing bounds how long a name is looked up.
    let begun = thread::Builder::new().spawn(move || {
        // Nobody waits any more if the limit is over.
        let _ = sender.send(asked.ask(limit));
    });
    let answer = match begun {
        Ok(_) => receiver.recv_timeout(limit),
        Err(error) => Ok(Err(error)),
    };
    let late = || format!("no answer within {} s", limit.as_secs());
    let (status, cause) = match answer {
        Ok(Ok(status)) => (Some(status), None),
        Ok(Err(error)) if error.kind() == io::ErrorKind::WouldBlock => (None, Some(late())),
        Ok(Err(error)) => (None, Some(error.to_string())),
        Err(_) => (None, Some(late())),
    };
    Probe {
        ready: status.is_some_and(|status| (200..300).contains(&status)),
        url: url.to_string(),
        status,
        cause,
    }
}

impl HealthUrl {
    fn ask(&self, limit: Duration) -> io::Result<u16> {
        match &self.end {
            End::Unix(socket) => {
                let stream = UnixStream::connect(socket)?;
                stream.set_read_timeout(Some(limit))?;
                stream.set_write_timeout(Some(limit))?;
                exchange(stream, "localhost", &self.path)
            }
            End::Tcp(host, port) => {
                let stream = connect(host, *port, limit)?;
                stream.set_read_timeout(Some(limit))?;
                stream.set_write_timeout(Some(limit))?;
                let host = if host.contains(':') {
                    format!("[{host}]:{port}")
                } else {
                    format!("{host}:{port}")
                };
                exchange(stream, &host, &self.path)
            }
        }
    }
}

/// Connects to the first address of a host that accepts.
fn connect(host: &str, port: u16, limit: Duration) -> io::Result<TcpStream> {
    let mut failed = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, limit) {
            Ok(stream) => return Ok(stream),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

/// Sends a request, and reads the status of the answer.
fn exchange(mut stream: impl Read + Write, host: &str, path: &str) -> io::Result<u16> {
    /// Longer than the first line of any answer of hallpass.
    const MOST: u64 = 1024;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: hallpass-health\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    let mut head = Vec::new();
    let mut piece = [0; 256];
    while !head.contains(&b'\n') && u64::try_from(head.len()).is_ok_and(|read| read < MOST) {
        let count = stream.read(&mut piece)?;
        if count == 0 {
            break;
        }
        head.extend(piece.iter().take(count));
    }
    let foreign = || io::Error::new(io::ErrorKind::InvalidData, "the answer is not HTTP");
    status(&head).ok_or_else(foreign)
}

/// The status in the first line of an answer.
fn status(head: &[u8]) -> Option<u16> {
    let line = head.split(|c| *c == b'\n').next()?;
    let line = std::str::from_utf8(line).ok()?;
    let mut words = line.split_ascii_whitespace();
    words.next().filter(|word| word.starts_with("HTTP/1."))?;
    words.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn shown(text: &str) -> Option<String> {
        text.parse::<HealthUrl>().ok().map(|url| url.to_string())
    }

    #[test]
    fn a_url_names_where_to_ask() {
        let same = [
            ("http://127.0.0.1:8788", "http://127.0.0.1:8788/readyz"),
            ("http://127.0.0.1:8788/", "http://127.0.0.1:8788/readyz"),
            ("http://[::1]:8788/livez", "http://[::1]:8788/livez"),
            ("http://hallpass", "http://hallpass:80/readyz"),
            ("http://h:1?verbose", "http://h:1/readyz?verbose"),
            ("unix:/run/h.sock", "unix:/run/h.sock"),
        ];
        for (text, expected) in same {
            assert_eq!(shown(text).as_deref(), Some(expected));
        }
        let refused = [
            "",
            "https://h/",
            "ftp://h/",
            "127.0.0.1:8788",
            "http://",
            "http://:1",
            "http://h:x",
            "http://[::1",
            "http://[::1]8",
            "http://u@h/",
            "http://h/ x",
            "http://h/\r\n",
            "unix:h",
        ];
        for text in refused {
            assert_eq!(shown(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_listens_everywhere_is_asked_on_the_loopback() {
        let of = |text: &str| HealthUrl::of(&text.parse().unwrap()).map(|url| url.to_string());
        let expected = Some("http://127.0.0.1:8788/readyz".to_owned());
        assert_eq!(of("127.0.0.1:8788"), expected);
        assert_eq!(of("0.0.0.0:8788"), expected);
        assert_eq!(of("[::]:1").as_deref(), Some("http://[::1]:1/readyz"));
    }

    /// Answers one connection with these bytes, and says how that went.
    fn answered(bytes: &'static [u8]) -> Probe {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 16];
            stream.read_exact(&mut request).unwrap();
            assert_eq!(&request, b"GET /readyz HTTP");
            stream.write_all(bytes).unwrap();
            // Open until the other side has read it.
            let _ = stream.read_to_end(&mut Vec::new());
        });
        let probe = probe(&url.parse().unwrap(), Duration::from_secs(20));
        server.join().unwrap();
        probe
    }

    #[test]
    fn the_status_decides() {
        assert!(answered(b"HTTP/1.1 200 OK\r\n\r\n").ready);
        let draining = answered(b"HTTP/1.1 503 Service Unavailable\r\n\r\n");
        assert_eq!((draining.ready, draining.status), (false, Some(503)));
        let foreign = answered(b"220 mail.example.com ESMTP\r\n");
        assert_eq!((foreign.ready, foreign.status), (false, None));
        assert_eq!(foreign.cause.as_deref(), Some("the answer is not HTTP"));
    }

    #[test]
    fn a_silent_server_is_waited_for_so_long_and_no_longer() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let probe = probe(&url.parse().unwrap(), Duration::from_millis(50));
        assert_eq!((probe.ready, probe.status), (false, None));
        assert_eq!(probe.cause.as_deref(), Some("no answer within 0 s"));
    }

    #[test]
    fn a_closed_port_is_not_ready() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        let probe = probe(&url.parse().unwrap(), Duration::from_secs(20));
        assert!(!probe.ready && probe.cause.is_some());
    }
}
