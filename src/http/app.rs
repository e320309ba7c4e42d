//! What every request has at hand.

use std::sync::Arc;

use super::host::Host;
use super::judge::Judge;
use super::options::Options;
use super::pool::Pool;
use super::stretching::Stretching;

/// What every request has at hand.
pub(super) struct App {
    /// Verdicts.
    pub(super) judge: Judge,
    /// Connections to the store, for everything but verdicts.
    pub(super) pool: Arc<Pool>,
    /// The turns of requests that hash a password.
    pub(super) stretching: Stretching,
    /// The options of the server.
    pub(super) options: Options,
    /// The program around the server.
    pub(super) host: Arc<dyn Host>,
}
