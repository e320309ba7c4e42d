//! Encrypted listeners.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustix::process::Signal;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion,
};

use super::{Reply, Running};
use crate::support::Home;
use crate::support::test_home::TestHome;

const NAME: &str = "hallpass.example";

/// A certificate that vouches for itself, in files of a home.
pub(super) struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    pub(super) fn new(home: &Home, year: i32) -> Self {
        let files = Self {
            certificate: home.file("cert.pem"),
            key: home.file("key.pem"),
        };
        files.renew(home, year);
        files
    }

    /// Replaces both, as programs do that renew certificates.
    fn renew(&self, home: &Home, year: i32) {
        let key = KeyPair::generate().unwrap();
        let mut certificate = CertificateParams::new([NAME.to_owned()]).unwrap();
        certificate.not_after = date_time_ymd(year, 1, 1);
        let certificate = certificate.self_signed(&key).unwrap();
        for (path, text) in [
            (&self.key, key.serialize_pem()),
            (&self.certificate, certificate.pem()),
        ] {
            let new = home.write("new.pem", &text);
            fs::rename(new, path).unwrap();
        }
    }

    /// The options that name them.
    pub(super) fn options(&self) -> [&str; 4] {
        [
            "--tls-cert",
            self.certificate.to_str().unwrap(),
            "--tls-key",
            self.key.to_str().unwrap(),
        ]
    }

    /// Connects as a client that trusts this certificate alone.
    fn connect(
        &self,
        server: &Running,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Encrypted {
        self.encrypt(server.connect(), versions)
    }

    /// Makes a connection one of a client that trusts this certificate alone.
    pub(super) fn encrypt(
        &self,
        stream: TcpStream,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Encrypted {
        let mut roots = RootCertStore::empty();
        let pem = fs::read(&self.certificate).unwrap();
        roots
            .add(CertificateDer::from_pem_slice(&pem).unwrap())
            .unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let name = ServerName::try_from(NAME).unwrap();
        let client = ClientConnection::new(Arc::new(config), name).unwrap();
        StreamOwned::new(client, stream)
    }
}

pub(super) type Encrypted = StreamOwned<ClientConnection, TcpStream>;

#[test]
fn verdicts_are_encrypted_with_either_version() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let files = Files::new(&home, 2100);
    let server = Running::start(&home, &files.options());
    let credential = format!("Bearer {token}");
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let mut stream = files.connect(&server, &[version]);
        for _ in 0..2 {
            let reply = Reply::to(
                &mut stream,
                "GET /verify",
                &[("Authorization", &credential)],
            );
            assert_eq!(reply.status, 204);
        }
        assert_eq!(stream.conn.protocol_version(), Some(version.version));
        assert_eq!(stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
    }
    let report = home.json(
        &[
            &["serve", "--check", "--metrics-listen", "off"],
            &files.options()[..],
        ]
        .concat(),
    );
    assert_eq!(report["certificate_expires_at"], "2100-01-01T00:00:00Z");
    assert_eq!(report["tls"], true);
}

#[test]
fn a_unix_socket_is_not_encrypted() {
    let home = TestHome::with_sample_data();
    let files = Files::new(&home, 2100);
    let path = home.file("s");
    let socket = format!("unix:{}", path.display());
    let _server = Running::start_on(
        &home,
        &[&files.options()[..], &["--listen", &socket]].concat(),
    );
    let mut stream = std::os::unix::net::UnixStream::connect(&path).unwrap();
    assert_eq!(Reply::to(&mut stream, "GET /verify", &[]).status, 401);
}

#[test]
fn what_is_not_tls_gets_no_answer_and_harms_nobody() {
    let home = TestHome::with_sample_data();
    let files = Files::new(&home, 2100);
    let server = Running::start(&home, &files.options());
    let mut open = files.connect(&server, rustls::ALL_VERSIONS);
    assert_eq!(Reply::to(&mut open, "GET /verify", &[]).status, 401);
    let hello_of_nothing = [&[22, 3, 1, 0x3F, 0xFF, 1][..], &[0; 100]].concat();
    for nonsense in [
        b"GET /verify HTTP/1.1\r\n\r\n",
        &[0xFF; 5000][..],
        &hello_of_nothing,
    ] {
        let mut stream = server.connect();
        // It may have hung up already.
        let _ = stream.write_all(nonsense);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
        assert!(answer.len() < 100, "an alert at most");
    }
    server.line(|line| line["event"] == "tls_failed");
    let mut stream = server.connect();
    stream
        .write_all(b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n")
        .unwrap();
    let _ = stream.read_to_end(&mut Vec::new());
    assert_eq!(Reply::to(&mut open, "GET /verify", &[]).status, 401);
}

#[test]
fn a_renewed_certificate_is_used_and_a_bad_one_is_not() {
    let home = TestHome::with_sample_data();
    let files = Files::new(&home, 2100);
    let server = Running::start(&home, &files.options());
    let mut before = files.connect(&server, rustls::ALL_VERSIONS);
    Reply::to(&mut before, "GET /verify", &[]);
    files.renew(&home, 2099);
    // Both files may not have been seen at once.
    let line = server.line(|line| line["event"] == "certificate_renewed");
    assert_eq!(line["expires_at"], "2099-01-01T00:00:00Z");
    let mut after = files.connect(&server, rustls::ALL_VERSIONS);
    assert_eq!(Reply::to(&mut after, "GET /verify", &[]).status, 401);
    assert_eq!(
        Reply::to(&mut before, "GET /verify", &[]).status,
        401,
        "it stays open"
    );
    let good = fs::read(&files.certificate).unwrap();
    fs::write(&files.certificate, "nonsense").unwrap();
    let line = server.line(|line| line["event"] == "certificate_kept");
    assert!(
        line["cause"].as_str().unwrap().contains("cert.pem"),
        "{line}"
    );
    server.signal(Signal::HUP);
    server.line(|line| line["event"] == "reload_failed");
    fs::write(&files.certificate, good).unwrap();
    let mut still = files.connect(&server, rustls::ALL_VERSIONS);
    assert_eq!(Reply::to(&mut still, "GET /verify", &[]).status, 401);
    files.renew(&home, 2098);
    server.signal(Signal::HUP);
    server.line(|line| line["event"] == "reloaded" || line["event"] == "certificate_renewed");
    let mut again = files.connect(&server, rustls::ALL_VERSIONS);
    assert_eq!(Reply::to(&mut again, "GET /verify", &[]).status, 401);
}

#[test]
fn a_certificate_that_is_not_safe_or_not_usable_is_refused() {
    let home = TestHome::with_sample_data();
    let files = Files::new(&home, 2100);
    let serve = [&["serve", "--metrics-listen", "off"], &files.options()[..]].concat();
    let mode = |path: &PathBuf, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(&files.key, 0o640);
    let error = home.fails(43, &serve);
    assert!(
        error.contains("key.pem") && error.contains("chmod"),
        "{error}"
    );
    mode(&files.key, 0o600);
    mode(&files.certificate, 0o666);
    home.fails(43, &serve);
    mode(&files.certificate, 0o644);
    let key = fs::read(&files.key).unwrap();
    fs::write(&files.key, KeyPair::generate().unwrap().serialize_pem()).unwrap();
    let error = home.fails(2, &serve);
    assert!(error.contains("certificate cannot be used"), "{error}");
    fs::write(&files.key, "nonsense").unwrap();
    home.fails(2, &serve);
    fs::remove_file(&files.key).unwrap();
    home.fails(3, &serve);
    fs::write(&files.key, key).unwrap();
    mode(&files.key, 0o600);
    fs::write(&files.certificate, "").unwrap();
    home.fails(2, &serve);
}
