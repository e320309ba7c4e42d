//! Encryption of connections over TCP, and which servers are trusted.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{CertificateError, ClientConfig, InconsistentKeys, RootCertStore};
use rustls_native_certs::load_native_certs;
use tokio_postgres_rustls::MakeRustlsConnect;
use zeroize::Zeroizing;

use super::database::{Address, Database, Tls, Verify};
use super::verifier::{AnyCertificate, AnyName};
use crate::backend::fault::Fault;
use crate::bounded;
use crate::files::trust::{self, Rule, SETTINGS, TLS_KEY};

/// Longer than any file with certificates.
const LONGEST: usize = 4 * 1024 * 1024;

impl Database {
    /// Reads certificates and the client's key, and makes what encrypts connections; `None` if none
    /// is encrypted.
    ///
    /// # Errors
    ///
    /// [`Fault::Unsafe`] if others can change a file or read the key, or if a file does not hold what
    /// it should; [`Fault::Io`] if one cannot be read.
    pub fn tls_connector(&self) -> Result<Option<MakeRustlsConnect>, Fault> {
        let is_tcp = |address: &Address| matches!(address, Address::Tcp(..));
        if self.tls.verify == Verify::Plain || !self.addresses.iter().any(is_tcp) {
            return Ok(None);
        }
        Ok(Some(MakeRustlsConnect::new(client_config(&self.tls)?)))
    }
}

/// TLS 1.2 or 1.3. The provider is named, because a second one in the tree would make the default one
/// ambiguous.
fn client_config(tls: &Tls) -> Result<ClientConfig, Fault> {
    let provider = Arc::new(default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable("TLS", &error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier(tls, Arc::clone(&provider))?);
    Ok(match &tls.client {
        None => config.with_no_client_auth(),
        Some(files) => {
            let own = SingleCertAndKey::from(client(files, &provider)?);
            config.with_client_cert_resolver(Arc::new(own))
        }
    })
}

/// Reads the certificate of the client and its key. What rustls cannot read of the certificate, such
/// as version 1 of X.509, which `openssl x509 -req` writes, is for the server to judge.
fn client(
    (certificate, key): &(PathBuf, PathBuf),
    provider: &CryptoProvider,
) -> Result<CertifiedKey, Fault> {
    let chain = certificates(certificate)?;
    let text = read(key, TLS_KEY)?;
    let own = PrivateKeyDer::from_pem_slice(&text).map_err(|_| holds_no(key, "key"))?;
    let own = provider
        .key_provider
        .load_private_key(own)
        .map_err(|error| unusable(&key.display().to_string(), &error))?;
    let certified = CertifiedKey::new(chain, own);
    match certified.keys_match() {
        Ok(())
        | Err(
            rustls::Error::InconsistentKeys(InconsistentKeys::Unknown)
            | rustls::Error::InvalidCertificate(CertificateError::Other(_)),
        ) => Ok(certified),
        Err(error) => Err(unusable(&certificate.display().to_string(), &error)),
    }
}

fn verifier(
    tls: &Tls,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Fault> {
    let algorithms = provider.signature_verification_algorithms;
    Ok(match tls.verify {
        Verify::Plain | Verify::Prefer | Verify::Encrypted => Arc::new(AnyCertificate(algorithms)),
        Verify::Authority => Arc::new(AnyName {
            roots: roots(tls)?,
            algorithms,
        }),
        Verify::Full => {
            let roots = Arc::new(roots(tls)?);
            WebPkiServerVerifier::builder_with_provider(roots, provider)
                .build()
                .map_err(|error| unusable("sslrootcert", &error))?
        }
    })
}

/// The authorities of a file, or those of the system. One of the system's that cannot be read is
/// skipped.
fn roots(tls: &Tls) -> Result<RootCertStore, Fault> {
    let mut roots = RootCertStore::empty();
    if let Some(file) = &tls.roots {
        for certificate in certificates(file)? {
            roots
                .add(certificate)
                .map_err(|error| unusable(&file.display().to_string(), &error))?;
        }
        return Ok(roots);
    }
    roots.add_parsable_certificates(load_native_certs().certs);
    if roots.is_empty() {
        return Err(Fault::Unsafe {
            what: "sslrootcert".to_owned(),
            problem: "is not given, and this system has no authorities to trust".to_owned(),
            fix: None,
        });
    }
    Ok(roots)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Fault> {
    let text = read(path, SETTINGS)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    // What is found in the file is not repeated: it may be a key.
    let found = found.map_err(|_| holds_no(path, "certificate"))?;
    if found.is_empty() {
        return Err(holds_no(path, "certificate"));
    }
    Ok(found)
}

fn read(path: &Path, rule: Rule) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let opened = trust::open(path, rule)?;
    bounded::read(opened.file, LONGEST).map_err(|source| Fault::Io {
        what: path.display().to_string(),
        source,
    })
}

fn holds_no(path: &Path, what: &str) -> Fault {
    Fault::Unsafe {
        what: path.display().to_string(),
        problem: format!("holds no {what} in PEM"),
        fix: None,
    }
}

fn unusable(what: &str, error: &dyn std::error::Error) -> Fault {
    Fault::Unsafe {
        what: what.to_owned(),
        problem: format!("cannot be used: {error}"),
        fix: None,
    }
}

#[cfg(test)]
mod tests;
