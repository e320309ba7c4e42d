//! Why a server did not accept a message, in plain words.

use std::io;
use std::net::IpAddr;

use rustls::CertificateError;

use super::connection::Fault;
use super::reply::{Class, Reply};
use crate::mail::words::plain;
use crate::model::mail::{Host, Security, Server};
use crate::model::mail::{Remedy, SendError, SendFailure};

/// The step that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Calling,
    Protecting,
    SigningIn,
    Naming,
    Sending,
    Ending,
}

impl Step {
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

/// Builds the failure of a name that does not resolve.
pub(super) fn unknown_host(host: &Host, why: &str) -> SendFailure {
    SendFailure::transient(format!("`{host}` cannot be found: {}", plain(why)))
        .with(Remedy::CheckServer)
}

/// Builds the failure of a server without STARTTLS.
pub(super) fn no_starttls(server: &Server) -> SendFailure {
    let Server { host, port, .. } = server;
    let why = format!("`{host}:{port}` does not offer STARTTLS; nothing was sent");
    SendFailure::permanent(why).with(Remedy::OtherProtection)
}

/// Builds the failure of a server that offers no mechanism that we support.
pub(super) fn no_sign_in(server: &Server) -> SendFailure {
    let Server { host, port, .. } = server;
    let why = format!("`{host}:{port}` does not offer sign-in by PLAIN or LOGIN");
    SendFailure::permanent(why).with(Remedy::SignIn)
}

/// Builds the failure of an address on another machine that would be contacted without TLS.
pub(super) fn elsewhere(host: &Host, address: IpAddr) -> SendFailure {
    let why =
        format!("`{host}` resolves to {address}, which is not this machine; nothing was sent");
    SendFailure::permanent(why).with(Remedy::CheckServer)
}

/// Builds the failure of a step. `discreet` removes secrets from the server's words.
pub(super) fn cause(
    server: &Server,
    step: Step,
    fault: &Fault,
    discreet: &dyn Fn(&str) -> String,
) -> SendFailure {
    let Server { host, port, .. } = server;
    let place = format!("`{host}:{port}`");
    match fault {
        Fault::Refused(reply) => refused(&place, step, reply, discreet),
        // Without a reply to the end of a message, the outcome is unknown.
        fault if step == Step::Ending => {
            let what = match fault {
                Fault::Io(error) => about_line(&place, step, error).to_string(),
                Fault::Malformed(what) => format!("{place}: {what}"),
                Fault::Unexpected(reply) => format!("{place} answered {}", reply.words(discreet)),
                Fault::Refused(_) => String::new(),
            };
            SendError::Uncertain(format!("{what}; it may have accepted the message")).into()
        }
        Fault::Malformed(what) => {
            let why = format!("{place} sent an invalid reply {}: {what}", step.words());
            SendFailure::transient(why).with(Remedy::CheckServer)
        }
        Fault::Unexpected(reply) => {
            let said = reply.words(discreet);
            let why = format!("{place} sent an unexpected reply {}: {said}", step.words());
            SendFailure::transient(why).with(Remedy::CheckServer)
        }
        Fault::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(tls) => about_tls(server, tls),
            None => about_line(&place, step, error),
        },
    }
}

/// Builds a refusal: only the code of the reply decides between transient and permanent (RFC 5321,
/// 4.2.1).
fn refused(
    place: &str,
    step: Step,
    reply: &Reply,
    discreet: &dyn Fn(&str) -> String,
) -> SendFailure {
    let why = format!(
        "{place} refused {}: {}",
        step.words(),
        reply.words(discreet)
    );
    let failure = match reply.class() {
        Class::Permanent => SendFailure::permanent(why),
        _ => SendFailure::transient(why),
    };
    if step == Step::SigningIn {
        failure.with(Remedy::SignIn)
    } else {
        failure
    }
}

fn about_line(place: &str, step: Step, error: &io::Error) -> SendFailure {
    let why = match error.kind() {
        io::ErrorKind::ConnectionRefused => format!("nothing answers at {place}: refused"),
        // The kernel reports an expired time-out as either of them.
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
            format!("{place} did not answer {}: timed out", step.words())
        }
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => {
            format!("{place} closed the connection {}", step.words())
        }
        _ => format!(
            "{place} cannot be reached {}: {}",
            step.words(),
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
        // A server that does not speak TLS on this port causes this.
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
        // `BadSignature` is reported for an authority of the same name with another key: to the
        // reader that is an unknown issuer.
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
