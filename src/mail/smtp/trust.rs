//! Which certificates of mail servers are trusted.

use std::sync::Arc;

use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use rustls_native_certs::load_native_certs;

use crate::mail::words::plain;
use crate::model::mail::SendFailure;
use crate::model::mail::{Authorities, Host};

/// Builds the TLS configuration: TLS 1.2 or 1.3, with certificates of the given authorities, or of
/// the system's if none are given.
pub(super) fn config(authorities: Option<&Authorities>) -> Result<Arc<ClientConfig>, SendFailure> {
    let roots = match authorities {
        Some(authorities) => named(authorities)?,
        None => of_the_system()?,
    };
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Returns the name that a server's certificate must be issued for.
pub(super) fn name(host: &Host) -> Result<ServerName<'static>, SendFailure> {
    match host {
        Host::Address(address) => Ok(ServerName::IpAddress((*address).into())),
        Host::Name(name) => ServerName::try_from(name.clone()).map_err(|_| {
            SendFailure::permanent(format!("`{host}` cannot be the name in a certificate"))
        }),
    }
}

fn named(authorities: &Authorities) -> Result<RootCertStore, SendFailure> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(authorities.pem().as_bytes()) {
        let certificate = certificate.map_err(|error| unusable(&error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| unusable(&error.to_string()))?;
    }
    Ok(roots)
}

/// Loads the authorities of the system. One that cannot be read is skipped.
fn of_the_system() -> Result<RootCertStore, SendFailure> {
    let found = load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if !roots.is_empty() {
        return Ok(roots);
    }
    let why = found
        .errors
        .first()
        .map_or("the system has none".to_owned(), ToString::to_string);
    Err(unusable(&why))
}

fn unusable(why: &str) -> SendFailure {
    SendFailure::permanent(format!(
        "the certificates to trust cannot be used: {}",
        plain(why)
    ))
}
