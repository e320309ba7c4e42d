//! The command that asks a server whether it can answer.

use clap::Args;
use hallpass::http::HealthUrl;

/// Ask a server whether it can answer
///
/// It is for containers and service managers that have nothing else to ask with: it needs no key,
/// opens no store, and waits for 3 seconds at most. Without a URL it asks the server of this
/// machine, where the settings say that its metrics are served.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass health",
    "hallpass health --quiet",
    "hallpass health http://127.0.0.1:8788/livez",
    "hallpass health unix:/run/hallpass/metrics.sock";
    "0" "the server is ready",
    "1" "it is not, or there is none"
))]
pub(crate) struct Health {
    /// Server to ask [default: http://127.0.0.1:8788/readyz]
    #[allow(clippy::doc_markdown, reason = "the help shows it as it is")]
    #[arg(value_name = "URL")]
    pub(crate) url: Option<HealthUrl>,
}
