//! What is served, where, for whom and within which limits.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::door::Door;
use super::grace::Grace;
use super::listen::Address;
use super::trusted::Trusted;
use crate::model::invalid::Invalid;
use crate::model::time::Span;
use crate::model::token::looks_like_token;
use crate::ops::session::MAX_LIFETIME;

/// How many connections there are in all, unless the settings say otherwise.
const MOST_CONNECTIONS: usize = 4096;

/// How many tokens are kept in memory, unless the settings say otherwise.
const TABLE_LIMIT: usize = 2_000_000;

/// The options of a server. They are read as one and replaced as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Where it listens.
    pub listen: Vec<Address>,
    /// Where metrics and health are answered, unless they are switched off.
    pub metrics_listen: Option<Address>,
    /// What it answers.
    pub doors: BTreeSet<Door>,
    /// How long a session token lives: an hour at most.
    pub token_lifetime: Span,
    /// The peers whose word about a client's address counts.
    pub trust_proxy: Trusted,
    /// The one header of a trusted peer that has the client's address, in lower case.
    pub client_ip_header: HeaderField,
    /// The certificate of TCP listeners. Without it they are plain.
    pub tls: Option<TlsFiles>,
    /// Whether a plain listener may have an address that other machines reach.
    pub plain: Plain,
    /// How many connections there may be in all; at least one.
    pub max_connections: usize,
    /// Whether each answer is a line of the log.
    pub access_log: AccessLog,
    /// The group of Unix sockets; the process's own if absent.
    pub socket_group: Option<u32>,
    /// The address of the server as its clients see it, without a slash at its end.
    pub public_url: Option<PublicUrl>,
    /// Whether there are metrics for each token, by its public id.
    pub metrics_per_token: bool,
    /// How many tokens are kept in memory at most, tombstones included. A larger store is asked
    /// itself.
    pub table_limit: usize,
    /// How much longer than a second a server answers while its database does not.
    pub database_grace: Grace,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: vec![Address::usual()],
            metrics_listen: Some(Address::usual_metrics()),
            doors: Door::usual(),
            token_lifetime: MAX_LIFETIME,
            trust_proxy: Trusted::default(),
            client_ip_header: HeaderField::usual(),
            tls: None,
            plain: Plain::LocalOnly,
            max_connections: MOST_CONNECTIONS,
            access_log: AccessLog::On,
            socket_group: None,
            public_url: None,
            metrics_per_token: false,
            table_limit: TABLE_LIMIT,
            database_grace: Grace::usual(),
        }
    }
}

impl Options {
    /// Fails if tokens would cross a network in plain text without `--plain-http`. Metrics are
    /// never encrypted.
    ///
    /// # Errors
    ///
    /// [`Exposed`], with the first address that other machines reach.
    pub fn ensure_private(&self) -> Result<(), Exposed> {
        if self.plain == Plain::Anywhere {
            return Ok(());
        }
        let doors = self.listen.iter().filter(|_| self.tls.is_none());
        let metrics = self.metrics_listen.iter();
        match doors.chain(metrics).find(|address| !address.is_local()) {
            None => Ok(()),
            Some(address) => Err(Exposed(address.clone())),
        }
    }
}

/// An address that other machines reach, and on which nothing would be encrypted.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is reachable from other machines, and would not be encrypted")]
pub struct Exposed(pub Address);

/// Whether a plain listener may have an address that other machines reach.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Plain {
    /// Only loopback addresses, Unix sockets and inherited sockets are plain.
    #[default]
    LocalOnly,
    /// Any address is.
    Anywhere,
}

/// Whether each answer is a line of the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AccessLog {
    /// It is.
    #[default]
    On,
    /// Only events are logged.
    Off,
}

impl FromStr for AccessLog {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "on" => Ok(Self::On),
            "off" => Ok(Self::Off),
            _ => Err(Invalid::new("a switch", "use `on` or `off`")),
        }
    }
}

/// A certificate and its key, both in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, followed by those that lead to its authority.
    pub certificate: PathBuf,
    /// Its private key, accessible to its owner only.
    pub key: PathBuf,
}

/// The name of a header field, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderField(String);

impl HeaderField {
    /// `x-forwarded-for`.
    pub fn usual() -> Self {
        Self("x-forwarded-for".to_owned())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HeaderField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for HeaderField {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        // A secret that was put there by mistake is a valid name, and would be shown and logged.
        if looks_like_token(text) {
            return Err(Invalid::new("a header name", "this is a token"));
        }
        // RFC 9110, 5.1 and 5.6.2: a token. HTTP libraries take the same for a name.
        match text.parse::<axum::http::HeaderName>() {
            Ok(name) => Ok(Self(name.as_str().to_owned())),
            Err(_) => Err(Invalid::new("a header name", "use `x-forwarded-for`")),
        }
    }
}

/// The address of a server as its clients see it: scheme, host and path, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PublicUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("a public URL", "use `https://hallpass.example.com`");
        let url: axum::http::Uri = text.parse().map_err(|_| invalid())?;
        let is_web = matches!(url.scheme_str(), Some("http" | "https"));
        let authority = url.authority().ok_or_else(invalid)?;
        let has_user = authority.as_str().contains('@');
        if !is_web || has_user || url.query().is_some() || text.contains('#') {
            return Err(invalid());
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(listen: &str) -> Options {
        Options {
            listen: vec![listen.parse().unwrap()],
            ..Options::default()
        }
    }

    #[test]
    fn an_address_that_other_machines_reach_has_to_be_encrypted_or_allowed() {
        for local in [
            "127.0.0.1:1",
            "[::1]:1",
            "[::ffff:127.0.0.1]:1",
            "unix:/s",
            "fd:http",
        ] {
            assert!(options(local).ensure_private().is_ok(), "{local}");
        }
        for exposed in ["0.0.0.0:1", "[::]:1", "192.0.2.7:1", "[2001:db8::1]:1"] {
            let mut options = options(exposed);
            assert!(options.ensure_private().is_err(), "{exposed}");
            options.plain = Plain::Anywhere;
            assert!(options.ensure_private().is_ok(), "{exposed}");
            options.plain = Plain::LocalOnly;
            options.tls = Some(TlsFiles {
                certificate: "/c".into(),
                key: "/k".into(),
            });
            assert!(options.ensure_private().is_ok(), "{exposed}");
            options.metrics_listen = Some(exposed.parse().unwrap());
            assert!(options.ensure_private().is_err(), "metrics are plain");
        }
    }

    #[test]
    fn what_is_no_header_name_or_url_is_refused() {
        assert_eq!(
            "X-Real-Ip".parse::<HeaderField>().unwrap().as_str(),
            "x-real-ip"
        );
        for text in ["", "a b", "a:", "ü", "a\n"] {
            assert!(text.parse::<HeaderField>().is_err(), "{text}");
        }
        let url: PublicUrl = "https://a.example/base/".parse().unwrap();
        assert_eq!(url.as_str(), "https://a.example/base");
        for text in [
            "",
            "a.example",
            "ftp://a",
            "https://u:p@a",
            "https://a/?q",
            "https://a/#f",
        ] {
            assert!(text.parse::<PublicUrl>().is_err(), "{text}");
        }
    }
}
