//! The server's command.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, value_parser};
use hallpass::http::{AccessLog, Address, Door, Grace, HeaderField, PublicUrl, TrustedPeer};
use hallpass::model::invalid::Invalid;
use hallpass::model::token::looks_like_token;

use super::path::path;

/// Serve verdicts over HTTP
///
/// A proxy or a service asks whether a request may pass. What another command changes counts for
/// the very next request. It runs until SIGTERM, answers what is under way, and ends. SIGHUP reads
/// the settings and the certificate again. Every option but `--check` may stand in the settings
/// file, below `[serve]`. This machine must have an anchor of the store, unless `--no-anchor` is
/// given.
#[derive(Debug, Clone, Args)]
#[command(after_help = after!(
    "hallpass serve",
    "hallpass serve --listen unix:/run/hallpass/http.sock --trust-proxy unix",
    "hallpass serve --listen 0.0.0.0:8443 --tls-cert cert.pem --tls-key key.pem",
    "hallpass serve --check --output json";
    "0" "it was told to end; with `--check`: it would serve",
    "1" "it cannot listen on an address",
    "2" "an address that other machines reach, without TLS; or a certificate that cannot be used",
    "31" "this machine has no anchor of the store",
    "43" "a file is not safe: others can read the key, or change the certificate"
))]
pub(crate) struct Serve {
    /// Listen on this address, Unix socket (`unix:PATH`) or inherited socket (`fd:NAME`); may be
    /// repeated [default: 127.0.0.1:8787]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Vec<Address>,
    /// Answer metrics and health on this address, or `off` [default: 127.0.0.1:8788]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) metrics_listen: Option<MetricsAddress>,
    /// Open these doors: verify, token, introspect, profit [default: verify]
    #[arg(long, value_name = "DOORS", value_delimiter = ',')]
    pub(crate) doors: Vec<Door>,
    /// Believe what these peers say about the client's address: a range, or `unix`; may be repeated
    #[arg(long, value_name = "CIDR")]
    pub(crate) trust_proxy: Vec<TrustedPeer>,
    /// Header in which a trusted peer names the client's address [default: x-forwarded-for]
    #[arg(long, value_name = "NAME")]
    pub(crate) client_ip_header: Option<HeaderField>,
    /// Encrypt TCP listeners with this certificate and its chain, in PEM
    #[arg(long, value_name = "FILE")]
    #[arg(value_parser = path())]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Key of the certificate, in PEM, accessible to its owner only
    #[arg(long, value_name = "FILE")]
    #[arg(value_parser = path())]
    pub(crate) tls_key: Option<PathBuf>,
    /// Allow an address that other machines reach without TLS: tokens cross the network in plain text
    #[arg(long)]
    pub(crate) plain_http: bool,
    /// Maximum number of connections [default: 4096]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=1_000_000))]
    pub(crate) max_connections: Option<u32>,
    /// Log each answer: `on` or `off` [default: on]
    #[arg(long, value_name = "WHEN")]
    pub(crate) access_log: Option<AccessLog>,
    /// Group that may connect to Unix sockets, by name or number [default: the owner's]
    #[arg(long, value_name = "GROUP")]
    pub(crate) socket_group: Option<SocketGroup>,
    /// URL of the server as its clients see it
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<PublicUrl>,
    /// Keep metrics for each token, by its public id
    #[arg(long)]
    pub(crate) metrics_per_token: bool,
    /// Answer this much longer than a second while the database does not: `0` to `5m` [default: 30s]
    #[arg(long, value_name = "TIME")]
    pub(crate) database_grace: Option<Grace>,
    /// Report what would be served, and whether it could be, without serving
    #[arg(long)]
    pub(crate) check: bool,
}

/// Where metrics and health are answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MetricsAddress {
    /// There.
    At(Address),
    /// Nowhere.
    Off,
}

impl FromStr for MetricsAddress {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text == "off" {
            return Ok(Self::Off);
        }
        text.parse().map(Self::At)
    }
}

/// A group of this machine, by name or number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SocketGroup {
    /// Its name.
    Name(String),
    /// Its number.
    Number(u32),
}

impl FromStr for SocketGroup {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if let Ok(number) = text.parse() {
            return Ok(Self::Number(number));
        }
        let is_name = !text.is_empty() && !text.contains([':', ',', '\n', ' ', '/']);
        // A secret that was put there by mistake must not be repeated as the name of a group.
        let is_name = is_name && !looks_like_token(text);
        let invalid = || Invalid::new("a group", "use its name or its number");
        is_name
            .then(|| Self::Name(text.to_owned()))
            .ok_or_else(invalid)
    }
}

impl fmt::Display for SocketGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Number(number) => number.fmt(f),
        }
    }
}
