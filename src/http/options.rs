//! What is served, where, for whom and within which limits.

use std::collections::BTreeSet;

use super::door::Door;
use super::listen::Address;
use crate::model::time::Span;
use crate::ops::session::MAX_LIFETIME;

/// The options of a server.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it listens.
    pub listen: Vec<Address>,
    /// What it answers.
    pub doors: BTreeSet<Door>,
    /// How long a session token lives: an hour at most.
    pub token_lifetime: Span,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: vec![Address::usual()],
            doors: Door::usual(),
            token_lifetime: MAX_LIFETIME,
        }
    }
}
