//! What every request has at hand.

use std::sync::Arc;

use super::host::Host;
use super::judge::Judge;
use super::options::Options;
use super::passwords::Passwords;
use super::pool::Pool;

/// What every request has at hand.
pub(super) struct App {
    /// Verdicts.
    pub(super) judge: Arc<Judge>,
    /// Connections to the store, for everything but verdicts.
    pub(super) pool: Arc<Pool>,
    /// What it takes to verify passwords.
    pub(super) passwords: Passwords,
    /// The options of the server.
    pub(super) options: Options,
    /// The program around the server.
    pub(super) host: Arc<dyn Host>,
}
