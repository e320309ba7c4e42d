//! What a change will stop, counted before anybody is asked.

use serde::Serialize;

use super::token::Summary;
use crate::model::verdict::Reason;

/// How many are named.
const NAMED: usize = 10;

/// What will stop working.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Impact {
    /// Tokens that are valid now and will not be.
    pub tokens: u32,
    /// The first of them, as `PROFILE/NAME`.
    pub examples: Vec<String>,
    /// Open tokens that are valid now and lose one connection of several.
    pub partly: u32,
    /// Whether a password stops with them.
    pub password: bool,
}

impl Impact {
    /// Of tokens that are valid now, by their addresses.
    pub(super) fn of(mut addresses: Vec<String>) -> Self {
        let tokens = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
        addresses.sort();
        addresses.truncate(NAMED);
        Self { tokens, examples: addresses, ..Self::default() }
    }

    /// Counts a token, if it is valid now.
    pub(super) fn count(&mut self, token: &Summary) {
        if token.effective != Reason::Valid {
            return;
        }
        self.tokens += 1;
        if self.examples.len() < NAMED {
            self.examples.push(token.address());
        }
    }
}

/// Names for a refusal: the first ones, and how many more there are.
pub(super) fn some_of(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    names
}
