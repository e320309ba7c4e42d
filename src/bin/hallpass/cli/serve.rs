//! The server's command.

use clap::Args;
use hallpass::http::{AccessLog, Address, Door};

use super::listener::Listener;

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
    pub(crate) metrics_listen: Option<Listener>,
    /// Add metrics for each token, by its public id
    #[arg(long)]
    pub(crate) metrics_per_token: bool,
    /// Log each answer: `on` or `off` [default: on]
    #[arg(long, value_name = "SWITCH")]
    pub(crate) access_log: Option<AccessLog>,
}
