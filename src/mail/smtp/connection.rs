//! The connection to a mail server: one command at a time, each with its reply.

use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use zeroize::Zeroizing;

use super::reply::{Class, Line, Reply};

/// The longest line that is read, in bytes: RFC 5321 allows 512, and servers send more.
const LONGEST_LINE: u64 = 4096;
/// The largest number of lines in a reply.
const MOST_LINES: usize = 128;

/// How long the server may take to answer QUIT.
const GOODBYE: Duration = Duration::from_secs(2);

/// Why a step of the conversation failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// The connection broke, or timed out; or TLS failed, and then the error contains a
    /// [`rustls::Error`].
    Io(io::Error),
    /// The reply is not SMTP.
    Malformed(&'static str),
    /// The reply is of a class that does not answer the command.
    Unexpected(Reply),
    /// The server refuses the command.
    Refused(Reply),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A connection. Nothing is sent before all received bytes have been read.
pub(super) struct Connection {
    stream: BufReader<Stream>,
}

impl Connection {
    /// Connects to the first of these addresses that answers.
    pub(super) fn open(addresses: &[SocketAddr], patience: Duration) -> io::Result<Self> {
        let mut failure = io::ErrorKind::NotFound.into();
        for address in addresses {
            match TcpStream::connect_timeout(address, patience) {
                Ok(stream) => {
                    // Commands are small, and each waits for its reply: Nagle's algorithm would
                    // only delay them.
                    stream.set_nodelay(true)?;
                    let mut connection = Self {
                        stream: BufReader::new(Stream::Plain(stream)),
                    };
                    connection.set_patience(patience)?;
                    return Ok(connection);
                }
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    /// Sets how long the server may stay silent.
    pub(super) fn set_patience(&mut self, patience: Duration) -> io::Result<()> {
        let stream = match self.stream.get_mut() {
            Stream::Plain(stream) => stream,
            Stream::Protected(stream) => &mut stream.sock,
        };
        stream.set_read_timeout(Some(patience))?;
        stream.set_write_timeout(Some(patience))
    }

    /// Upgrades the connection to TLS. Bytes that are already received could come from an attacker
    /// on the network, so any of them are an error.
    pub(super) fn protect(
        self,
        config: Arc<ClientConfig>,
        name: ServerName<'static>,
    ) -> Result<Self, Fault> {
        if !self.stream.buffer().is_empty() {
            return Err(Fault::Malformed("it sent unsolicited data before TLS"));
        }
        let Stream::Plain(mut stream) = self.stream.into_inner() else {
            return Err(Fault::Malformed("the connection is encrypted already"));
        };
        let mut tls = ClientConnection::new(config, name).map_err(io::Error::other)?;
        while tls.is_handshaking() {
            tls.complete_io(&mut stream)?;
        }
        let stream = Stream::Protected(Box::new(StreamOwned::new(tls, stream)));
        Ok(Self {
            stream: BufReader::new(stream),
        })
    }

    /// Whether the connection uses TLS.
    pub(super) fn is_protected(&self) -> bool {
        matches!(self.stream.get_ref(), Stream::Protected(_))
    }

    /// Sends a command and reads the reply, which must be of the class `expected`.
    pub(super) fn command(&mut self, words: &str, expected: Class) -> Result<Reply, Fault> {
        // In one write, so that it is one packet; with full capacity from the start, as it may
        // contain a secret.
        let mut line = Zeroizing::new(Vec::with_capacity(words.len() + 2));
        line.extend_from_slice(words.as_bytes());
        line.extend_from_slice(b"\r\n");
        self.send(&line)?;
        self.reply(expected)
    }

    /// Sends bytes that are not a whole command.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if !self.stream.buffer().is_empty() {
            // A server that gives up may send a reply unasked.
            self.reply(Class::Completion)?;
            return Err(Fault::Malformed("it sent unsolicited data"));
        }
        let stream = self.stream.get_mut();
        stream.write_all(bytes)?;
        Ok(stream.flush()?)
    }

    /// Reads a reply, which must be of the class `expected`.
    pub(super) fn reply(&mut self, expected: Class) -> Result<Reply, Fault> {
        let reply = self.any_reply()?;
        match reply.class() {
            class if class == expected => Ok(reply),
            Class::Transient | Class::Permanent => Err(Fault::Refused(reply)),
            Class::Completion | Class::Intermediate => Err(Fault::Unexpected(reply)),
        }
    }

    /// Sends QUIT and ignores the reply: the outcome of the message is known.
    pub(super) fn quit(mut self) {
        let _ = self.set_patience(GOODBYE);
        let _ = self.command("QUIT", Class::Completion);
        if let Stream::Protected(stream) = self.stream.get_mut() {
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    }

    fn any_reply(&mut self) -> Result<Reply, Fault> {
        let mut begun = None;
        for _ in 0..MOST_LINES {
            let bytes = self.line()?;
            let line = Line::parse(&bytes).ok_or(Fault::Malformed("it is not a mail server"))?;
            let reply = Reply::with(begun.take(), &line)
                .ok_or(Fault::Malformed("it sent two replies at once"))?;
            if line.is_last() {
                return Ok(reply);
            }
            begun = Some(reply);
        }
        Err(Fault::Malformed("its reply is too long"))
    }

    /// Reads one line, without its line ending.
    fn line(&mut self) -> Result<Vec<u8>, Fault> {
        let mut line = Vec::new();
        (&mut self.stream)
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line)?;
        match line.strip_suffix(b"\n") {
            Some(text) => Ok(text.strip_suffix(b"\r").unwrap_or(text).to_owned()),
            None if line.len() as u64 >= LONGEST_LINE => {
                Err(Fault::Malformed("its reply is too long"))
            }
            None => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
        }
    }
}

/// The stream below the connection: plain or TLS.
enum Stream {
    Plain(TcpStream),
    Protected(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Read for Stream {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(bytes),
            Self::Protected(stream) => stream.read(bytes),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Protected(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Protected(stream) => stream.flush(),
        }
    }
}
