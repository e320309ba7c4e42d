//! What is served, where, for whom and within which limits.

use std::collections::BTreeSet;

use super::door::Door;
use super::listen::Address;

/// The options of a server.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it listens.
    pub listen: Vec<Address>,
    /// What it answers.
    pub doors: BTreeSet<Door>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: vec![Address::usual()],
            doors: Door::usual(),
        }
    }
}
