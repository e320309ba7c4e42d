//! Why the server did not start, for people.

use std::io;

use hallpass::files::trust::Distrust;
use hallpass::http::{BindError, StartError, TlsError};
use hallpass::{Error, Kind};

use crate::failure::Failure;

/// Reports why the server did not start, and what to do.
pub(super) fn failure(error: StartError) -> Failure {
    match error {
        StartError::Store(error) => error.into(),
        StartError::Exposed(exposed) => Failure::usage(exposed.to_string()).advice(
            "add `--tls-cert FILE --tls-key FILE`, listen on `127.0.0.1`, or accept that with \
             `--plain-http`",
        ),
        StartError::Bind(error) => bind(error),
        StartError::Tls(error) => tls(error),
        other => Failure::new(Kind::Failed, "the server does not start").because(&other),
    }
}

fn bind(error: BindError) -> Failure {
    let message = error.to_string();
    let kind = error.source.kind();
    let source = match error.source.downcast::<Distrust>() {
        Ok(distrust) => return Error::from(distrust).into(),
        Err(source) => source,
    };
    let failure = Failure::new(Kind::Failed, message).because(&source);
    match kind {
        io::ErrorKind::AddrInUse => {
            failure.advice("another program listens there: end it, or use another address")
        }
        io::ErrorKind::PermissionDenied => {
            failure.advice("let the service manager open it: `--listen fd:NAME`")
        }
        _ => failure,
    }
}

fn tls(error: TlsError) -> Failure {
    match error {
        TlsError::Distrust(distrust) => Error::from(distrust).into(),
        TlsError::Unreadable { path, source } => Error::File { path, source }.into(),
        TlsError::Unusable { source, .. } => {
            Failure::usage("the certificate cannot be used").because(&source)
        }
        other => Failure::usage(other.to_string()),
    }
}
