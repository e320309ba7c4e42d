//! Why a server did not take a mail, in plain words.

use std::error::Error as _;
use std::io;

use lettre::transport::smtp::Error;
use rustls::CertificateError;

use crate::mail::words::plain;
use crate::mail::{Remedy, Setback};
use crate::model::mail::{Host, Security, Server};

/// At which step it went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    Calling,
    Protecting,
    SigningIn,
    Naming,
    Sending,
}

impl Doing {
    fn words(self) -> &'static str {
        match self {
            Self::Calling => "when it was called",
            Self::Protecting => "when it was asked for TLS",
            Self::SigningIn => "when signing in",
            Self::Naming => "when it was told from whom and to whom",
            Self::Sending => "when it was given the mail",
        }
    }
}

/// The name of the server leads nowhere.
pub(super) fn unknown_host(host: &Host, why: &str) -> Setback {
    Setback::later(format!("`{host}` cannot be found: {}", plain(why))).with(Remedy::CheckServer)
}

/// The server cannot do what we must have.
pub(super) fn no_starttls(server: &Server) -> Setback {
    let Server { host, port, .. } = server;
    let why = format!("`{host}:{port}` does not offer STARTTLS; nothing was sent");
    Setback::never(why).with(Remedy::OtherProtection)
}

/// The server lets nobody sign in as we can.
pub(super) fn no_sign_in(server: &Server) -> Setback {
    let Server { host, port, .. } = server;
    let why = format!("`{host}:{port}` does not let anybody sign in by PLAIN or LOGIN");
    Setback::never(why).with(Remedy::SignIn)
}

/// What went wrong at a step. `discreet` makes the server's words fit to be shown.
pub(super) fn cause(
    server: &Server,
    doing: Doing,
    error: &Error,
    discreet: &dyn Fn(&str) -> String,
) -> Setback {
    let Server { host, port, .. } = server;
    let place = format!("`{host}:{port}`");
    let sources = || discreet(&error.source().map(ToString::to_string).unwrap_or_default());
    if let Some(code) = error.status() {
        let why = format!("{place} refused {}: {code} {}", doing.words(), sources());
        let setback = if error.is_permanent() { Setback::never(why) } else { Setback::later(why) };
        return if doing == Doing::SigningIn { setback.with(Remedy::SignIn) } else { setback };
    }
    match source::<io::Error>(error) {
        Some(io) => match io.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(tls) => about_tls(server, tls),
            None => about_line(&place, doing, io),
        },
        None if error.is_response() => Setback::later(format!(
            "{place} hung up, or is no mail server, {}: {}",
            doing.words(),
            sources()
        ))
        .with(Remedy::CheckServer),
        None => Setback::later(format!("{place} failed {}: {}", doing.words(), sources())),
    }
}

fn source<E: std::error::Error + 'static>(error: &Error) -> Option<&E> {
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(found) = inner.downcast_ref() {
            return Some(found);
        }
        source = inner.source();
    }
    None
}

fn about_line(place: &str, doing: Doing, error: &io::Error) -> Setback {
    let why = match error.kind() {
        io::ErrorKind::ConnectionRefused => format!("nothing answers at {place}: refused"),
        // The kernel says either of them when a time that was set is over.
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
            format!("{place} said nothing {}: timed out", doing.words())
        }
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => format!("{place} hung up {}", doing.words()),
        _ => format!("{place} cannot be reached {}: {}", doing.words(), plain(&error.to_string())),
    };
    Setback::later(why).with(Remedy::CheckServer)
}

fn about_tls(server: &Server, error: &rustls::Error) -> Setback {
    let Server { host, port, security, .. } = server;
    let place = format!("`{host}:{port}`");
    match error {
        rustls::Error::InvalidCertificate(certificate) => about_certificate(server, certificate),
        // What a server says that speaks no TLS on this port.
        rustls::Error::InvalidMessage(_) => {
            let asked = if *security == Security::Tls { " from the first byte" } else { "" };
            Setback::never(format!("{place} does not speak TLS{asked}"))
                .with(Remedy::OtherProtection)
        }
        error => Setback::later(format!(
            "{place} and hallpass agree on no TLS: {}",
            plain(&error.to_string())
        )),
    }
}

fn about_certificate(server: &Server, error: &CertificateError) -> Setback {
    let Server { host, port, .. } = server;
    let say = |why: &str| Setback::never(format!("the certificate of `{host}:{port}` {why}"));
    match error {
        // An authority of the same name with another key counts as another.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            say("is not from an authority that is trusted here").with(Remedy::NameAuthority)
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
