//! Why a server did not take a mail, in plain words.

use std::io;
use std::net::IpAddr;

use rustls::CertificateError;

use super::connection::Fault;
use super::reply::{Class, Reply};
use crate::mail::words::plain;
use crate::model::mail::{Host, Security, Server};
use crate::model::mail::{Remedy, SendError, SendFailure};

/// At which step it went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    Calling,
    Protecting,
    SigningIn,
    Naming,
    Sending,
    Ending,
}

impl Doing {
    fn words(self) -> &'static str {
        match self {
            Self::Calling => "when connecting",
            Self::Protecting => "when starting TLS",
            Self::SigningIn => "when signing in",
            Self::Naming => "when giving sender and recipient",
            Self::Sending => "when sending the message",
            Self::Ending => "when finishing the message",
        }
    }
}

/// The name of the server leads nowhere.
pub(super) fn unknown_host(host: &Host, why: &str) -> SendFailure {
    SendFailure::transient(format!("`{host}` cannot be found: {}", plain(why)))
        .with(Remedy::CheckServer)
}

/// The server cannot do what we must have.
pub(super) fn no_starttls(server: &Server) -> SendFailure {
    let Server { host, port, .. } = server;
    let why = format!("`{host}:{port}` does not offer STARTTLS; nothing was sent");
    SendFailure::permanent(why).with(Remedy::OtherProtection)
}

/// The server lets nobody sign in as we can.
pub(super) fn no_sign_in(server: &Server) -> SendFailure {
    let Server { host, port, .. } = server;
    let why = format!("`{host}:{port}` does not offer sign-in by PLAIN or LOGIN");
    SendFailure::permanent(why).with(Remedy::SignIn)
}

/// The server's address is another machine's, and nothing would protect the connection.
pub(super) fn elsewhere(host: &Host, address: IpAddr) -> SendFailure {
    let why =
        format!("`{host}` resolves to {address}, which is not this machine; nothing was sent");
    SendFailure::permanent(why).with(Remedy::CheckServer)
}

/// What went wrong at a step. `discreet` makes the server's words fit to be shown.
pub(super) fn cause(
    server: &Server,
    doing: Doing,
    fault: &Fault,
    discreet: &dyn Fn(&str) -> String,
) -> SendFailure {
    let Server { host, port, .. } = server;
    let place = format!("`{host}:{port}`");
    match fault {
        Fault::Refused(reply) => refused(&place, doing, reply, discreet),
        // Without an answer to the end of a mail, nobody knows.
        fault if doing == Doing::Ending => {
            let what = match fault {
                Fault::Io(error) => about_line(&place, doing, error).to_string(),
                Fault::Garbled(what) => format!("{place}: {what}"),
                Fault::OutOfTurn(reply) => format!("{place} answered {}", reply.words(discreet)),
                Fault::Refused(_) => String::new(),
            };
            SendError::Uncertain(format!("{what}; it may have accepted the message")).into()
        }
        Fault::Garbled(what) => {
            let why = format!("{place} sent an invalid reply {}: {what}", doing.words());
            SendFailure::transient(why).with(Remedy::CheckServer)
        }
        Fault::OutOfTurn(reply) => {
            let said = reply.words(discreet);
            let why = format!("{place} sent an unexpected reply {}: {said}", doing.words());
            SendFailure::transient(why).with(Remedy::CheckServer)
        }
        Fault::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(tls) => about_tls(server, tls),
            None => about_line(&place, doing, error),
        },
    }
}

/// Temporary or permanent: the code of the reply decides alone (RFC 5321, 4.2.1).
fn refused(
    place: &str,
    doing: Doing,
    reply: &Reply,
    discreet: &dyn Fn(&str) -> String,
) -> SendFailure {
    let why = format!(
        "{place} refused {}: {}",
        doing.words(),
        reply.words(discreet)
    );
    let failure = match reply.class() {
        Class::Permanent => SendFailure::permanent(why),
        _ => SendFailure::transient(why),
    };
    if doing == Doing::SigningIn {
        failure.with(Remedy::SignIn)
    } else {
        failure
    }
}

fn about_line(place: &str, doing: Doing, error: &io::Error) -> SendFailure {
    let why = match error.kind() {
        io::ErrorKind::ConnectionRefused => format!("nothing answers at {place}: refused"),
        // The kernel says either of them when a time that was set is over.
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
            format!("{place} did not answer {}: timed out", doing.words())
        }
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => {
            format!("{place} closed the connection {}", doing.words())
        }
        _ => format!(
            "{place} cannot be reached {}: {}",
            doing.words(),
            plain(&error.to_string())
        ),
    };
    SendFailure::transient(why).with(Remedy::CheckServer)
}

fn about_tls(server: &Server, error: &rustls::Error) -> SendFailure {
    let Server {
        host,
        port,
        security,
        ..
    } = server;
    let place = format!("`{host}:{port}`");
    match error {
        rustls::Error::InvalidCertificate(certificate) => about_certificate(server, certificate),
        // What a server says that speaks no TLS on this port.
        rustls::Error::InvalidMessage(_) => {
            let asked = if *security == Security::Tls {
                " from the first byte"
            } else {
                ""
            };
            SendFailure::permanent(format!("{place} does not speak TLS{asked}"))
                .with(Remedy::OtherProtection)
        }
        error => SendFailure::transient(format!(
            "{place} and hallpass have no TLS version or cipher in common: {}",
            plain(&error.to_string())
        )),
    }
}

fn about_certificate(server: &Server, error: &CertificateError) -> SendFailure {
    let Server { host, port, .. } = server;
    let say =
        |why: &str| SendFailure::permanent(format!("the certificate of `{host}:{port}` {why}"));
    match error {
        // An authority of the same name with another key counts as another.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            say("is not from an authority trusted here").with(Remedy::NameAuthority)
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            say("is for another name").with(Remedy::NameAsCertified)
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => say("has expired"),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            say("is not valid yet")
        }
        other => say(&format!("cannot be trusted: {}", plain(&other.to_string()))),
    }
}
