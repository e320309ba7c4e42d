//! The server's command.

use std::str::FromStr;

use clap::Args;
use hallpass::http::{AccessLog, Address, Door};
use hallpass::model::invalid::Invalid;

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
    /// Answer metrics and health on this address, or `off` [default: 127.0.0.1:8788]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) metrics_listen: Option<MetricsAddress>,
    /// Log each answer: `on` or `off` [default: on]
    #[arg(long, value_name = "WHEN")]
    pub(crate) access_log: Option<AccessLog>,
    /// Keep metrics for each token, by its public id
    #[arg(long)]
    pub(crate) metrics_per_token: bool,
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
