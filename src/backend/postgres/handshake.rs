//! Connections that end because of their encryption.

use std::error::Error;
use std::io;

use rustls::CertificateError as Bad;

use super::database::{Address, Database};
use crate::backend::fault::Fault;

/// What `tokio-postgres` says of a server without TLS; it has no other mark.
const NO_TLS: &str = "server does not support TLS";

impl Database {
    /// What an error of a connection to `address` means, if it is about encryption: one of the two
    /// sides does not trust the other. `None` for everything else, a connection that was lost
    /// included.
    pub fn tls_fault(&self, address: &Address, error: &tokio_postgres::Error) -> Option<Fault> {
        Some(Fault::Unsafe {
            what: address.to_string(),
            problem: refusal(error.source()?)?.to_owned(),
            fix: None,
        })
    }
}

/// What is wrong with the encryption, worded to follow the name of the server. Nothing that the server
/// says is repeated.
fn refusal(source: &(dyn Error + 'static)) -> Option<&'static str> {
    if source.to_string() == NO_TLS {
        return Some("does not encrypt connections");
    }
    let inner = source.downcast_ref::<io::Error>()?.get_ref()?;
    Some(match inner.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(bad) => match bad {
            Bad::UnknownIssuer => {
                "has a certificate that no trusted authority has signed; `sslrootcert` names others"
            }
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                "has a certificate for another name"
            }
            Bad::Expired | Bad::ExpiredContext { .. } => "has a certificate that has expired",
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
                "has a certificate that is not valid yet"
            }
            _ => "has a certificate that cannot be verified",
        },
        rustls::Error::AlertReceived(_) => {
            "does not accept the encryption, or the certificate of this client (`sslcert`)"
        }
        _ => "does not speak TLS as it should",
    })
}

#[cfg(test)]
mod tests {
    use rustls::AlertDescription;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
    use tokio::runtime::Builder;
    use tokio_postgres::tls::MakeTlsConnect;

    use super::*;
    use crate::backend::options::{DatabaseOptions, Leniency};
    use crate::backend::postgres::DatabaseUrl;
    use crate::kind::Kind;

    #[test]
    fn each_refusal_has_its_words_and_a_lost_connection_is_none() {
        let of = |error: rustls::Error| io::Error::new(io::ErrorKind::InvalidData, error);
        let certificate = |bad| of(rustls::Error::InvalidCertificate(bad));
        for (error, words) in [
            (certificate(Bad::UnknownIssuer), "no trusted authority"),
            (certificate(Bad::NotValidForName), "for another name"),
            (certificate(Bad::Expired), "has expired"),
            (certificate(Bad::NotValidYet), "not valid yet"),
            (certificate(Bad::BadEncoding), "cannot be verified"),
            (
                of(rustls::Error::AlertReceived(
                    AlertDescription::CertificateRequired,
                )),
                "`sslcert`",
            ),
            (of(rustls::Error::DecryptError), "as it should"),
        ] {
            let said = refusal(&error).unwrap();
            assert!(said.contains(words), "{error}: {said}");
        }
        for lost in [io::ErrorKind::ConnectionReset, io::ErrorKind::UnexpectedEof] {
            assert_eq!(refusal(&io::Error::from(lost)), None);
            assert_eq!(refusal(&io::Error::new(lost, "canary")), None);
        }
    }

    /// The words are the client's, and no promise of it: so they are asked for here.
    #[test]
    fn a_server_without_tls_is_recognized() {
        let url: DatabaseUrl = "postgres://ann@h/d?sslmode=require".parse().unwrap();
        let options = DatabaseOptions {
            weak_encryption: Leniency::Allowed,
            ..DatabaseOptions::default()
        };
        let database = url.resolve(&options).unwrap();
        let address = &database.addresses[0];
        let mut tls = database.tls_connector().unwrap().unwrap();
        let tls = MakeTlsConnect::<DuplexStream>::make_tls_connect(&mut tls, "h").unwrap();
        let (client, mut server) = tokio::io::duplex(64);
        let answer = async {
            let mut request = [0; 8];
            server.read_exact(&mut request).await.unwrap();
            server.write_all(b"N").await.unwrap();
        };
        let config = database.config(address, None);
        let connect = config.connect_raw(client, tls);
        let both = async { tokio::join!(connect, answer).0 };
        let runtime = Builder::new_current_thread().build().unwrap();
        let error = runtime.block_on(both).map(drop).unwrap_err();
        let fault = database.tls_fault(address, &error).unwrap();
        assert_eq!(fault.kind(), Kind::UnsafeFile);
        assert_eq!(fault.to_string(), "`h:5432` does not encrypt connections");
    }
}
