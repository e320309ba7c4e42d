//! What is served, where, for whom and within which limits.

use std::collections::BTreeSet;
use std::str::FromStr;

use super::door::Door;
use super::listen::Address;
use crate::model::invalid::Invalid;

/// The options of a server.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it listens.
    pub listen: Vec<Address>,
    /// What it answers.
    pub doors: BTreeSet<Door>,
    /// Where metrics and health are answered; `None` for nowhere.
    pub metrics_listen: Option<Address>,
    /// Whether each answer is a line of the log.
    pub access_log: AccessLog,
    /// Whether there are metrics for each token, by its public id.
    pub metrics_per_token: bool,
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

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: vec![Address::usual()],
            doors: Door::usual(),
            metrics_listen: Some(Address::usual_metrics()),
            access_log: AccessLog::On,
            metrics_per_token: false,
        }
    }
}
