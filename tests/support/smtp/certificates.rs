//! Certificates of an authority that exists for one test.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A server's certificate and key, and who vouches for it.
pub(crate) struct Certified {
    /// The authority's certificate, in PEM.
    pub(crate) authority: String,
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Certified {
    pub(crate) fn by_an_own_authority(name: &str) -> Self {
        Self::new(name, 2100)
    }

    pub(crate) fn expired(name: &str) -> Self {
        Self::new(name, 2001)
    }

    fn new(name: &str, until: i32) -> Self {
        let mut authority = CertificateParams::new([]).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = authority.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(authority, key);
        let mut server = CertificateParams::new([name.to_owned()]).unwrap();
        server.not_before = date_time_ymd(2000, 1, 1);
        server.not_after = date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = server.signed_by(&key, &issuer).unwrap();
        Self {
            authority: pem,
            certificate: certificate.der().clone(),
            key,
        }
    }

    /// How a server speaks TLS with it.
    pub(super) fn config(&self) -> Arc<ServerConfig> {
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], key);
        Arc::new(config.unwrap())
    }
}
