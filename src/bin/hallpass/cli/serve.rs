//! The server's command.

use clap::Args;
use hallpass::http::{Address, Door, HeaderField, TrustedPeer};

/// Serve verdicts over HTTP
///
/// A proxy or a service asks whether a request may pass. What another command changes counts for
/// the very next request. It runs until SIGTERM.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass serve",
    "hallpass serve --listen 127.0.0.1:8787 --doors verify,token"
))]
pub(crate) struct Serve {
    /// Listen on this address [default: 127.0.0.1:8787]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Vec<Address>,
    /// Open these doors [default: verify]
    #[arg(long, value_name = "DOORS", value_delimiter = ',')]
    pub(crate) doors: Vec<Door>,
    /// Believe what these proxies say about their client: a network, or `unix`
    #[arg(long, value_name = "NETWORK")]
    pub(crate) trust_proxy: Vec<TrustedPeer>,
    /// Header in which a trusted proxy names its client [default: x-forwarded-for]
    #[arg(long, value_name = "HEADER")]
    pub(crate) client_ip_header: Option<HeaderField>,
}
