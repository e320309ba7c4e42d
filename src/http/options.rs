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
    /// How many tokens are kept in memory at most, tombstones included. A larger store is asked
    /// itself.
    pub table_limit: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: vec![Address::usual()],
            doors: Door::usual(),
            table_limit: 2_000_000,
        }
    }
}
