//! Handshakes in memory, with each mode, and files that are not what they should be.

use std::fs::{self, Permissions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::ServerName;
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConnection, ServerConfig, ServerConnection};

use super::*;
use crate::backend::options::{DatabaseOptions, Leniency};
use crate::backend::postgres::DatabaseUrl;
use crate::kind::Kind;

const NAME: &str = "db.example";

/// A certificate of version 1, as `openssl x509 -req` writes it, for whichever key.
const VERSION_1: &str = "\
-----BEGIN CERTIFICATE-----\n\
MIIBFjCBvQIULTrhoK+5UBbdSm/P9IiTHOD1iVUwCgYIKoZIzj0EAwIwDjEMMAoG\n\
A1UEAwwDYW5uMB4XDTI2MTIwMTA5NTkwM1oXDTI2MTIwMzA5NTkwM1owDjEMMAoG\n\
A1UEAwwDYW5uMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE22SOW2IecJiF15Yq\n\
sPnMmWaGYLAt2U8sRo/wCk6qQfgn9t85ku/HP4EOl7wUMoU7BuCXTYGDmzUZc5YO\n\
oQzLijAKBggqhkjOPQQDAgNIADBFAiEA58aFEA95zbxnwlEUl9PwG4QFPjA5dDFE\n\
r01OVRrygMICIHQetkkc+G4aL1pAGm/JJFnhUnbWkKJSRPqoyNDc85UU\n\
-----END CERTIFICATE-----\n\
";

/// An authority, and what it has signed.
struct Authority {
    folder: tempfile::TempDir,
    issuer: Issuer<'static, KeyPair>,
    own: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let own = params.self_signed(&key).unwrap().pem();
        Self {
            folder: tempfile::tempdir().unwrap(),
            issuer: Issuer::new(params, key),
            own,
        }
    }

    fn file(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        path
    }

    fn roots(&self) -> PathBuf {
        self.file("roots.pem", &self.own, 0o644)
    }

    fn sign(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    /// A server with a certificate for `name`; it asks for one of this authority.
    fn server(&self, name: &str) -> ServerConfig {
        let (certificate, key) = self.sign(name);
        let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        let mut roots = RootCertStore::empty();
        let own = CertificateDer::from_pem_slice(self.own.as_bytes()).unwrap();
        roots.add(own).unwrap();
        let provider = Arc::new(default_provider());
        let clients =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .allow_unauthenticated()
                .build()
                .unwrap();
        ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(clients)
            .with_single_cert(chain, key)
            .unwrap()
    }
}

fn database(query: &str) -> Database {
    let options = DatabaseOptions {
        weak_encryption: Leniency::Allowed,
        ..DatabaseOptions::default()
    };
    let url: DatabaseUrl = format!("postgres://ann@{NAME}/d?{query}").parse().unwrap();
    url.resolve(&options).unwrap()
}

/// Shakes hands; returns whether the server saw a certificate of the client.
fn shake(database: &Database, server: ServerConfig) -> Result<bool, rustls::Error> {
    let config = Arc::new(client_config(&database.tls).unwrap());
    let name = ServerName::try_from(NAME).unwrap();
    let mut client = ClientConnection::new(config, name).unwrap();
    let mut server = ServerConnection::new(Arc::new(server)).unwrap();
    let mut bytes = Vec::new();
    while client.is_handshaking() || server.is_handshaking() {
        client.write_tls(&mut bytes).unwrap();
        server.read_tls(&mut bytes.as_slice()).unwrap();
        server.process_new_packets()?;
        bytes.clear();
        server.write_tls(&mut bytes).unwrap();
        client.read_tls(&mut bytes.as_slice()).unwrap();
        client.process_new_packets()?;
        bytes.clear();
    }
    server.writer().write_all(b"x").unwrap();
    server.write_tls(&mut bytes).unwrap();
    client.read_tls(&mut bytes.as_slice()).unwrap();
    client.process_new_packets()?;
    let mut read = [0];
    client.reader().read_exact(&mut read).unwrap();
    assert_eq!(&read, b"x");
    Ok(server.peer_certificates().is_some())
}

#[test]
fn each_mode_accepts_what_it_should_and_nothing_else() {
    let (ours, foreign) = (Authority::new(), Authority::new());
    let roots = format!("sslrootcert={}", ours.roots().display());
    for (query, of_ours, other_name, of_foreign) in [
        (roots.clone(), true, false, false),
        (format!("{roots}&sslmode=verify-full"), true, false, false),
        (format!("{roots}&sslmode=verify-ca"), true, true, false),
        // Authorities that are named count, as for libpq.
        (format!("{roots}&sslmode=require"), true, true, false),
        (format!("{roots}&sslmode=prefer"), true, true, true),
        ("sslmode=require".to_owned(), true, true, true),
    ] {
        let database = database(&query);
        let accepts = |server| shake(&database, server).is_ok();
        assert_eq!(accepts(ours.server(NAME)), of_ours, "{query}");
        assert_eq!(accepts(ours.server("other.example")), other_name, "{query}");
        assert_eq!(accepts(foreign.server(NAME)), of_foreign, "{query}");
    }
}

#[test]
fn the_client_shows_its_certificate() {
    let ours = Authority::new();
    let roots = format!("sslrootcert={}", ours.roots().display());
    assert_eq!(shake(&database(&roots), ours.server(NAME)), Ok(false));
    let (certificate, key) = ours.sign("ann");
    let certificate = ours.file("ann.pem", &certificate, 0o644);
    let key = ours.file("ann.key", &key, 0o600);
    let (certificate, key) = (certificate.display(), key.display());
    let database = database(&format!("{roots}&sslcert={certificate}&sslkey={key}"));
    assert_eq!(shake(&database, ours.server(NAME)), Ok(true));
}

#[test]
fn a_connector_is_made_only_if_something_is_encrypted() {
    let made = |url: &str| {
        let options = DatabaseOptions {
            weak_encryption: Leniency::Allowed,
            ..DatabaseOptions::default()
        };
        let url: DatabaseUrl = url.parse().unwrap();
        let database = url.resolve(&options).unwrap();
        database.tls_connector().map(|it| it.is_some())
    };
    assert!(!made("postgres://ann@h/d?sslmode=disable").unwrap());
    assert!(!made("postgres://ann@%2Frun/d").unwrap());
    assert!(!made("postgres://ann@%2Frun/d?sslrootcert=/no/such").unwrap());
    assert!(made("postgres://ann@h/d?sslmode=require").unwrap());
    assert!(made("postgres://ann@h/d?sslmode=prefer").unwrap());
    assert!(made("postgres://ann@h/d?sslrootcert=/no/such").is_err());
}

#[test]
fn files_that_are_not_what_they_should_be_are_refused_without_their_content() {
    let ours = Authority::new();
    let (certificate, key) = ours.sign("ann");
    let (_, other_key) = ours.sign("bob");
    let good = ours.file("good.pem", &certificate, 0o644);
    let private = ours.file("private.key", &key, 0o600);
    let no_key = ours.file("no.key", &certificate, 0o600);
    let canary = ours.file("other", "canary!", 0o600);
    let broken = "-----BEGIN CERTIFICATE-----\ncanary!\n-----END CERTIFICATE-----\n";
    let broken = ours.file("broken.pem", broken, 0o600);
    let changeable = ours.file("changeable.pem", &certificate, 0o666);
    let readable = ours.file("readable.key", &key, 0o640);
    let foreign = ours.file("foreign.key", &other_key, 0o600);
    let roots = |path: &PathBuf| format!("sslrootcert={}", path.display());
    let client = |certificate: &PathBuf, key: &PathBuf| {
        let (certificate, key) = (certificate.display(), key.display());
        format!("sslmode=require&sslcert={certificate}&sslkey={key}")
    };
    for (query, words) in [
        (roots(&canary), "holds no certificate in PEM"),
        (roots(&broken), "holds no certificate in PEM"),
        (roots(&private), "holds no certificate in PEM"),
        (roots(&changeable), "is writable by others"),
        (client(&canary, &private), "holds no certificate in PEM"),
        (client(&good, &canary), "holds no key in PEM"),
        (client(&good, &no_key), "holds no key in PEM"),
        (client(&good, &readable), "is accessible to other users"),
        (client(&good, &foreign), "cannot be used: "),
    ] {
        let fault = database(&query).tls_connector().map(drop).unwrap_err();
        assert_eq!(fault.kind(), Kind::UnsafeFile, "{query}");
        let said = format!("{fault} {fault:?}");
        assert!(said.contains(words), "{query}: {said}");
        assert!(!said.contains("canary!"), "{said}");
    }
}

#[test]
fn a_certificate_of_version_1_is_for_the_server_to_judge() {
    let ours = Authority::new();
    let (_, key) = ours.sign("ann");
    let certificate = ours.file("ann.pem", VERSION_1, 0o644);
    let key = ours.file("ann.key", &key, 0o600);
    let (certificate, key) = (certificate.display(), key.display());
    let query = format!("sslmode=require&sslcert={certificate}&sslkey={key}");
    assert!(
        database(&query)
            .tls_connector()
            .is_ok_and(|it| it.is_some())
    );
}
