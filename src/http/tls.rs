//! The certificate of TCP listeners.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use zeroize::Zeroizing;

use super::options::TlsFiles;
use super::validity::not_after;
use crate::bounded;
use crate::files::trust::{self, Distrust, INSTRUCTIONS, Rule, TLS_KEY};
use crate::model::time::Time;

/// The longest file of certificates or a key.
const LONGEST: usize = 256 * 1024;

/// The protocol that is spoken inside.
const PROTOCOL: &[u8] = b"http/1.1";

/// A certificate and its key, as they were read.
pub(super) struct Certificate {
    files: TlsFiles,
    seen: Seen,
    config: Arc<ServerConfig>,
    expires: Option<Time>,
}

impl Certificate {
    /// Reads a certificate and its key.
    pub(super) fn load(files: &TlsFiles) -> Result<Self, TlsError> {
        // Before they are read: a change while they are is seen as one afterwards.
        let seen = Seen::of(files);
        let chain = certificates(&files.certificate)?;
        let key = key(&files.key)?;
        let expires = chain.first().and_then(|first| not_after(first));
        // Named, because a second provider in the tree would make the default one ambiguous.
        let provider = Arc::new(ring::default_provider());
        let unusable = |source| TlsError::Unusable {
            path: files.certificate.clone(),
            source,
        };
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map_err(unusable)?;
        config.alpn_protocols = vec![PROTOCOL.to_owned()];
        Ok(Self {
            files: files.clone(),
            seen,
            config: Arc::new(config),
            expires,
        })
    }

    /// How connections are encrypted with it.
    pub(super) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }

    /// When it expires.
    pub(super) fn expires(&self) -> Option<Time> {
        self.expires
    }

    /// Its files.
    pub(super) fn files(&self) -> &TlsFiles {
        &self.files
    }

    /// What its files looked like when they were read.
    pub(super) fn seen(&self) -> Seen {
        self.seen
    }
}

/// What the files of a certificate look like: other contents look different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen([Option<Look>; 2]);

/// Device, inode, size, and the time of the last change.
type Look = (u64, u64, u64, i64, i64);

impl Seen {
    /// Looks at the files.
    pub(super) fn of(files: &TlsFiles) -> Self {
        let look = |path: &Path| fs::metadata(path).ok().as_ref().map(look);
        Self([look(&files.certificate), look(&files.key)])
    }
}

fn look(file: &Metadata) -> Look {
    (
        file.dev(),
        file.ino(),
        file.size(),
        file.ctime(),
        file.ctime_nsec(),
    )
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let text = read(path, INSTRUCTIONS)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let chain = chain.map_err(|source| malformed(path, &source))?;
    if chain.is_empty() {
        return Err(malformed(path, &pem::Error::NoItemsFound));
    }
    Ok(chain)
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let text = read(path, TLS_KEY)?;
    PrivateKeyDer::from_pem_slice(&text).map_err(|source| malformed(path, &source))
}

fn read(path: &Path, rule: Rule) -> Result<Zeroizing<Vec<u8>>, TlsError> {
    let opened = trust::open(path, rule)?;
    bounded::read(opened.file, LONGEST).map_err(|source| TlsError::Unreadable {
        path: path.to_owned(),
        source,
    })
}

/// What is found in the file is not repeated: it may be a key.
fn malformed(path: &Path, source: &pem::Error) -> TlsError {
    TlsError::Malformed {
        path: path.to_owned(),
        why: match source {
            pem::Error::NoItemsFound => "it has none in PEM",
            _ => "it is not PEM",
        },
    }
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file, or its folder, is not safe.
    #[error(transparent)]
    Distrust(#[from] Distrust),
    /// A file cannot be read.
    #[error("`{}` cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is not what it should be.
    #[error("`{}` is not a certificate or a key: {why}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: &'static str,
    },
    /// The certificate cannot be used, or the key is not its.
    #[error("the certificate `{}` cannot be used", path.display())]
    Unusable {
        /// The certificate.
        path: PathBuf,
        /// Why.
        source: rustls::Error,
    },
}
