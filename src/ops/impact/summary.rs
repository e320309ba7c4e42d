//! The impact of a change: what it stops and what it opens.

use std::collections::BTreeSet;

use serde::Serialize;

use super::examples::name;
use super::openings::Opening;
use super::shift::{Narrowing, Shift};
use crate::model::id::TokenId;
use crate::model::token::TokenRecord;
use crate::model::verdict::Reason;
use crate::ops::records::token::Summary;

/// The impact of a change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Impact {
    /// The number of valid tokens that stop.
    pub tokens: u32,
    /// The first of them, as `PROFILE/NAME`.
    pub examples: Vec<String>,
    /// How many of them are session tokens: made from a token or a password, they end with it.
    pub sessions: u32,
    /// The number of valid tokens that stay valid for fewer connections or from fewer addresses.
    pub partly: u32,
    /// The first of them.
    pub partly_examples: Vec<String>,
    /// Whether an accepted password stops being accepted.
    pub password: bool,
    /// The number of verification codes that can no longer be exchanged.
    pub codes: u32,
    /// The number of tokens that become valid where they are not now.
    pub wider: u32,
    /// The first of them.
    pub wider_examples: Vec<String>,
    /// The restrictions that are lifted or loosened.
    pub opens: Vec<Opening>,
    /// In what respect tokens are valid for less.
    #[serde(skip)]
    pub narrowing: Narrowing,
    /// The tokens that stop, entirely or in part, without session tokens.
    #[serde(skip)]
    pub stopping: BTreeSet<TokenId>,
}

impl Impact {
    /// Whether anything that is valid now stops, entirely or in part.
    pub fn stops(&self) -> bool {
        let Self {
            tokens,
            partly,
            password,
            codes,
            ..
        } = self;
        *tokens > 0 || *partly > 0 || *password || *codes > 0
    }

    /// Whether `other` stops at least everything that this stops, entirely or in part. Session tokens
    /// are left out: clients may make them at any time, and they end with what they are made from.
    pub(in crate::ops) fn stops_no_more_than(&self, other: &Self) -> bool {
        self.stopping.is_subset(&other.stopping)
            && self.lasting() <= other.lasting()
            && self.codes <= other.codes
            && self.password <= other.password
    }

    /// The number of tokens that stop and are no session tokens.
    fn lasting(&self) -> u32 {
        self.tokens.saturating_sub(self.sessions)
    }

    /// Counts a token that a change ends or suspends, if it is valid now.
    pub(in crate::ops) fn count(&mut self, token: &Summary) {
        if token.effective == Reason::Valid {
            self.tokens += 1;
            self.sessions += u32::from(token.session);
            name(&mut self.examples, token.address());
        }
    }

    pub(super) fn add(&mut self, token: &TokenRecord, address: &str, shift: Shift) {
        let Shift {
            stops,
            narrowing,
            gains,
        } = shift;
        let narrows = !stops && (narrowing.connections || narrowing.addresses);
        if stops {
            self.tokens += 1;
            self.sessions += u32::from(token.session.is_some());
            name(&mut self.examples, address.to_owned());
        } else if narrows {
            self.partly += 1;
            name(&mut self.partly_examples, address.to_owned());
            self.narrowing.connections |= narrowing.connections;
            self.narrowing.addresses |= narrowing.addresses;
        }
        if (stops || narrows) && token.session.is_none() {
            self.stopping.insert(token.public);
        }
        if gains {
            self.wider += 1;
            name(&mut self.wider_examples, address.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_token_made_after_a_plan_does_not_outdate_it() {
        let one = BTreeSet::from([TokenId::new(1)]);
        let plan = Impact {
            tokens: 1,
            stopping: one.clone(),
            ..Impact::default()
        };
        let with_session = Impact {
            tokens: 2,
            sessions: 1,
            stopping: one,
            ..Impact::default()
        };
        assert!(with_session.stops_no_more_than(&plan));
        let with_another = Impact {
            sessions: 0,
            ..with_session
        };
        assert!(!with_another.stops_no_more_than(&plan));
    }
}
