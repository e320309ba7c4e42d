//! Whether a server could serve: everything is read and looked at, and nothing stays open.

use std::net::TcpListener;

use super::listen::{Address, BindError, Inherited};
use super::options::Options;
use super::server::StartError;
use super::tls::Certificate;
use super::unix_socket::ensure_free;
use crate::model::time::Time;
use crate::sys::sockets::family_of_listener;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checked {
    /// When the certificate expires, if there is one that says so.
    pub certificate_expires_at: Option<Time>,
}

/// Checks the addresses and the certificate of `options`, as a server would at its start.
///
/// # Errors
///
/// [`StartError`], for the first that would keep it from starting.
pub fn check(options: &Options, inherited: &[Inherited]) -> Result<Checked, StartError> {
    options.ensure_private()?;
    for address in options.listen.iter().chain(&options.metrics_listen) {
        ensure_usable(address, inherited).map_err(|source| BindError {
            address: address.clone(),
            source,
        })?;
    }
    let files = options.tls.as_ref();
    let certificate = files.map(Certificate::load).transpose()?;
    Ok(Checked {
        certificate_expires_at: certificate.and_then(|it| it.expires()),
    })
}

fn ensure_usable(address: &Address, inherited: &[Inherited]) -> std::io::Result<()> {
    match address {
        Address::Tcp(address) => TcpListener::bind(address).map(drop),
        Address::Unix(path) => ensure_free(path),
        // A check that is run by hand has none.
        Address::Inherited(name) => {
            let mut named = inherited.iter().filter(|it| it.name == *name);
            named.try_for_each(|it| family_of_listener(&it.socket).map(drop))
        }
    }
}
