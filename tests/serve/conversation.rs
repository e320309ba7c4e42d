//! Several requests on one connection.

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};

use super::{Reply, Running, described};

/// A connection on which one request follows another.
pub(crate) struct Conversation(TcpStream);

impl Conversation {
    pub(crate) fn with(server: &Running) -> Self {
        Self(server.connect())
    }

    /// Of a thread of its own, which cannot have the server.
    pub(crate) fn to(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).unwrap())
    }

    /// Sends a head with these fields, and reads the answer.
    #[track_caller]
    pub(crate) fn ask(&mut self, request: &str, fields: &[(&str, &str)]) -> Reply {
        let mut head = format!("{request} HTTP/1.1\r\nHost: localhost\r\n");
        for (name, value) in fields {
            head.extend([*name, ": ", *value, "\r\n"]);
        }
        head.push_str("\r\n");
        self.0.write_all(head.as_bytes()).unwrap();
        let reply = Reply::read(&mut self.0, request.starts_with("HEAD "));
        described::judge(request, &reply);
        reply
    }

    /// The connection, for what is not a request.
    pub(crate) fn stream(&mut self) -> &mut TcpStream {
        &mut self.0
    }
}

impl Reply {
    /// The status, and why: the challenge.
    pub(crate) fn challenge(&self) -> (u16, Option<&str>) {
        (self.status, self.field("www-authenticate"))
    }

    /// All of it but the date, to compare.
    pub(crate) fn whole(&self) -> (u16, Vec<(String, String)>, Vec<u8>) {
        let fields = self.fields.iter().filter(|(name, _)| name != "date");
        (self.status, fields.cloned().collect(), self.body.clone())
    }
}
