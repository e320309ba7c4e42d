//! Mail servers, over a client of our own (RFC 5321). The only module that uses rustls.
//!
//! Each message has a connection of its own. The client requests TLS, and without it sends neither
//! credentials nor the message. Of the server's replies only the codes count. No command is sent
//! before the reply to the previous one (no pipelining), and bytes that arrive before TLS are
//! refused.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use rustls::ClientConfig;
use zeroize::Zeroizing;

use super::Commit;
use super::words::plain;
use crate::model::email::EmailAddress;
use crate::model::mail::{Authorities, Host, MailSettings, Message, Security, Server};
use crate::model::mail::{SendError, SendFailure};

mod capabilities;
mod cause;
mod connection;
mod reply;
mod sign_in;
mod trust;

use capabilities::{Capabilities, Mechanism};
use cause::{Step, cause};
use connection::{Connection, Fault};
use reply::Class;
use sign_in::{base64, by_login, by_plain, initial};

/// The client's greeting: an address literal, since it has no name that others know.
const HELLO: &str = "EHLO [127.0.0.1]";

/// Sends a message to a server; returns the server's reply.
///
/// The transfer up to the end of the message may take `patience`, and the reply to the end may take
/// as long again. A server that does not reply in that time may have accepted the message or not.
pub(super) fn send(
    server: &Server,
    by: &MailSettings,
    message: &Message,
    bytes: Zeroizing<Vec<u8>>,
    patience: Duration,
    commit: Commit<'_>,
) -> Result<String, SendFailure> {
    let password = by
        .password
        .as_ref()
        .map(|it| Zeroizing::new(it.expose().to_owned()));
    let user = server.user.clone();
    let (event_sender, events) = mpsc::channel();
    let (allow, allowed) = mpsc::channel();
    let job = Job {
        server: server.clone(),
        login: user.zip(password),
        authorities: by.authorities.clone(),
        from: by.from.address().clone(),
        to: message.to.clone(),
        bytes,
        patience,
    };
    // On a thread of its own, because a name look-up has no time limit and a server could answer
    // byte by byte. A thread that is abandoned ends when its connection does, and never completes a
    // message, because nobody allows it to.
    thread::spawn(move || {
        let permission = Permission {
            events: event_sender.clone(),
            allowed,
        };
        event_sender.send(Event::Done(job.run(&permission)))
    });
    let late = |what: &str| {
        let seconds = patience.as_secs_f32();
        format!("`{}` {what} within {seconds} s", server.host)
    };
    match events.recv_timeout(patience) {
        Ok(Event::Done(done)) => return done,
        Ok(Event::AtTheEnd) => commit()?,
        Err(_) => return Err(SendFailure::transient(late("did not accept the message"))),
    }
    let unknown =
        || SendError::Uncertain(late("did not confirm that it accepted the message")).into();
    if allow.send(()).is_err() {
        return Err(unknown());
    }
    match events.recv_timeout(patience) {
        Ok(Event::Done(done)) => done,
        Ok(Event::AtTheEnd) | Err(_) => Err(unknown()),
    }
}

/// A message from the sending thread to the waiting one.
enum Event {
    /// All of the message is sent except for its end.
    AtTheEnd,
    /// The conversation is over.
    Done(Result<String, SendFailure>),
}

/// The channels that ask for permission to end the message.
struct Permission {
    events: Sender<Event>,
    allowed: Receiver<()>,
}

impl Permission {
    /// Waits for permission; returns `false` once nobody waits any more.
    fn is_granted(&self) -> bool {
        self.events.send(Event::AtTheEnd).is_ok() && self.allowed.recv().is_ok()
    }
}

/// The job of the sending thread: one message to one server.
struct Job {
    server: Server,
    login: Option<(String, Zeroizing<String>)>,
    authorities: Option<Authorities>,
    from: EmailAddress,
    to: EmailAddress,
    bytes: Zeroizing<Vec<u8>>,
    patience: Duration,
}

impl Job {
    fn run(&self, permission: &Permission) -> Result<String, SendFailure> {
        let addresses = self.addresses()?;
        let (mut connection, capabilities) = self.open(&addresses)?;
        let announced = self
            .sign_in(&mut connection, capabilities)
            .and_then(|()| self.announce(&mut connection));
        if let Err(failure) = announced {
            connection.quit();
            return Err(failure);
        }
        // On an error the connection is dropped without a goodbye: a server discards a message
        // without an end.
        self.transfer(&mut connection, permission)?;
        let taken = connection
            .send(b".\r\n")
            .and_then(|()| connection.reply(Class::Completion))
            .map(|reply| reply.words(&|text| self.discreet(text)))
            .map_err(|fault| self.cause(Step::Ending, &fault));
        connection.quit();
        taken
    }

    /// Sends the sender, the recipient, and the start of the message.
    fn announce(&self, connection: &mut Connection) -> Result<(), SendFailure> {
        let Self { from, to, .. } = self;
        connection
            .command(&format!("MAIL FROM:<{from}>"), Class::Completion)
            .and_then(|_| connection.command(&format!("RCPT TO:<{to}>"), Class::Completion))
            .map_err(|fault| self.cause(Step::Naming, &fault))?;
        connection
            .command("DATA", Class::Intermediate)
            .map(drop)
            .map_err(|fault| self.cause(Step::Sending, &fault))
    }

    /// Sends the message except for its end, and waits for permission to end it.
    fn transfer(
        &self,
        connection: &mut Connection,
        permission: &Permission,
    ) -> Result<(), SendFailure> {
        connection
            .send(&with_dots(&self.bytes))
            .map_err(|fault| self.cause(Step::Sending, &fault))?;
        if permission.is_granted() {
            return Ok(());
        }
        Err(SendFailure::transient(
            "the message was withdrawn while it was being sent",
        ))
    }

    fn addresses(&self) -> Result<Vec<SocketAddr>, SendFailure> {
        let Server {
            host,
            port,
            security,
            ..
        } = &self.server;
        let found = match host {
            Host::Address(address) => Ok(vec![(*address, *port).into()]),
            Host::Name(name) => (name.as_str(), *port)
                .to_socket_addrs()
                .map(Iterator::collect),
        };
        match found {
            Ok(addresses) => usable(host, *security, addresses),
            Err(source) => Err(cause::unknown_host(host, &source.to_string())),
        }
    }

    /// Opens a connection with the required protection.
    fn open(&self, addresses: &[SocketAddr]) -> Result<(Connection, Capabilities), SendFailure> {
        let security = self.server.security;
        let tls = match security {
            Security::None => None,
            Security::StartTls | Security::Tls => Some(trust::config(self.authorities.as_ref())?),
        };
        let calling = |fault: Fault| self.cause(Step::Calling, &fault);
        let mut connection = Connection::open(addresses, self.patience)
            .map_err(|error| calling(Fault::Io(error)))?;
        if let (Security::Tls, Some(tls)) = (security, &tls) {
            connection = self.protect(connection, tls, Step::Calling)?;
        }
        connection.reply(Class::Completion).map_err(calling)?;
        let mut capabilities = greet(&mut connection).map_err(calling)?;
        if let (Security::StartTls, Some(tls)) = (security, &tls) {
            if !capabilities.starttls {
                return Err(cause::no_starttls(&self.server));
            }
            let protecting = |fault: Fault| self.cause(Step::Protecting, &fault);
            connection
                .command("STARTTLS", Class::Completion)
                .map_err(protecting)?;
            connection = self.protect(connection, tls, Step::Protecting)?;
            // What the server offered before TLS could have been changed on the way.
            capabilities = greet(&mut connection).map_err(protecting)?;
        }
        if security == Security::None || connection.is_protected() {
            return Ok((connection, capabilities));
        }
        Err(SendFailure::permanent(
            "the connection is not encrypted; nothing was sent",
        ))
    }

    fn protect(
        &self,
        connection: Connection,
        tls: &Arc<ClientConfig>,
        step: Step,
    ) -> Result<Connection, SendFailure> {
        let name = trust::name(&self.server.host)?;
        connection
            .protect(Arc::clone(tls), name)
            .map_err(|fault| self.cause(step, &fault))
    }

    fn sign_in(
        &self,
        connection: &mut Connection,
        capabilities: Capabilities,
    ) -> Result<(), SendFailure> {
        let Some((user, password)) = &self.login else {
            return Ok(());
        };
        if !connection.is_protected() {
            return Err(SendFailure::permanent(
                "signing in over an unencrypted connection is not allowed",
            ));
        }
        match capabilities.mechanism() {
            None => return Err(cause::no_sign_in(&self.server)),
            Some(Mechanism::Plain) => by_plain(connection, user, password),
            Some(Mechanism::Login) => by_login(connection, user, password),
        }
        .map_err(|fault| self.cause(Step::SigningIn, &fault))
    }

    fn cause(&self, step: Step, fault: &Fault) -> SendFailure {
        cause(&self.server, step, fault, &|text| self.discreet(text))
    }

    /// Returns the server's words without the credentials: some servers repeat what they received.
    fn discreet(&self, text: &str) -> String {
        let Some((user, password)) = &self.login else {
            return plain(text);
        };
        let mut text = Zeroizing::new(text.to_owned());
        for secret in [&initial(user, password), &base64(password), password] {
            text = Zeroizing::new(text.replace(secret.as_str(), "…"));
        }
        plain(&text)
    }
}

/// Returns the addresses of a host that may be contacted: without TLS only loopback addresses,
/// whatever `localhost` resolves to.
fn usable(
    host: &Host,
    security: Security,
    mut addresses: Vec<SocketAddr>,
) -> Result<Vec<SocketAddr>, SendFailure> {
    let Some(first) = addresses.first().copied() else {
        return Err(cause::unknown_host(host, "it has no address"));
    };
    if security == Security::None {
        addresses.retain(|address| address.ip().to_canonical().is_loopback());
    }
    if addresses.is_empty() {
        return Err(cause::elsewhere(host, first.ip()));
    }
    Ok(addresses)
}

/// Doubles a dot at the start of a line, so that no line ends the message (RFC 5321, 4.5.2), and
/// terminates the last line.
fn with_dots(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let lines = || bytes.split_inclusive(|byte| *byte == b'\n');
    let dots = lines().filter(|line| line.starts_with(b".")).count();
    // Full capacity from the start: a buffer that grows leaves copies of a code behind.
    let mut sent = Zeroizing::new(Vec::with_capacity(bytes.len() + dots + 2));
    for line in lines() {
        if line.starts_with(b".") {
            sent.push(b'.');
        }
        sent.extend_from_slice(line);
    }
    if !sent.ends_with(b"\r\n") {
        sent.extend_from_slice(b"\r\n");
    }
    sent
}

/// Sends EHLO and parses the server's capabilities.
fn greet(connection: &mut Connection) -> Result<Capabilities, Fault> {
    connection
        .command(HELLO, Class::Completion)
        .map(|answer| Capabilities::of(&answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_protection_only_this_machine_is_called() {
        let localhost = Host::Name("localhost".to_owned());
        let places = |text: &[&str]| -> Vec<SocketAddr> {
            text.iter().map(|it| it.parse().unwrap()).collect()
        };
        let all = places(&[
            "[::1]:25",
            "192.0.2.7:25",
            "127.0.0.1:25",
            "[::ffff:127.0.0.1]:25",
        ]);
        assert_eq!(
            usable(&localhost, Security::None, all.clone()).unwrap(),
            places(&["[::1]:25", "127.0.0.1:25", "[::ffff:127.0.0.1]:25"])
        );
        for protected in [Security::StartTls, Security::Tls] {
            assert_eq!(usable(&localhost, protected, all.clone()).unwrap(), all);
        }
        let elsewhere = usable(&localhost, Security::None, places(&["192.0.2.7:25"])).unwrap_err();
        assert_eq!(
            elsewhere.to_string(),
            "`localhost` resolves to 192.0.2.7, which is not this machine; nothing was sent"
        );
        assert!(matches!(elsewhere.error, SendError::Permanent(_)));
        assert!(usable(&localhost, Security::None, Vec::new()).is_err());
    }

    #[test]
    fn no_line_of_a_mail_ends_it() {
        for (message, sent) in [
            ("a\r\nb\r\n", "a\r\nb\r\n"),
            (".\r\n..\r\n.x\r\n", "..\r\n...\r\n..x\r\n"),
            ("a.\r\n.", "a.\r\n..\r\n"),
            ("", "\r\n"),
        ] {
            assert_eq!(
                with_dots(message.as_bytes()).as_slice(),
                sent.as_bytes(),
                "{message:?}"
            );
        }
    }
}
