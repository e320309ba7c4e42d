//! What every request has at hand.

use std::sync::Arc;

use super::host::Host;
use super::judge::Judge;
use super::life::Life;
use super::options::Options;
use super::passwords::Passwords;
use super::pool::Pool;
use super::postman::Postbox;
use super::profit::Profit;
use super::telemetry::Telemetry;

/// What every request has at hand. A reload makes another one, with other options and the same rest.
#[derive(Clone)]
pub(super) struct App {
    /// Verdicts.
    pub(super) judge: Arc<Judge>,
    /// Connections to the store, for everything but verdicts.
    pub(super) pool: Arc<Pool>,
    /// What the server reports of itself.
    pub(super) telemetry: Arc<Telemetry>,
    /// What it takes to verify passwords.
    pub(super) passwords: Arc<Passwords>,
    /// Where mails are handed in.
    pub(super) postbox: Postbox,
    /// What the door for the Profit flow remembers.
    pub(super) profit: Arc<Profit>,
    /// The options of the server.
    pub(super) options: Options,
    /// The program around the server.
    pub(super) host: Arc<dyn Host>,
    /// Whether the server is about to end.
    pub(super) life: Arc<Life>,
}
