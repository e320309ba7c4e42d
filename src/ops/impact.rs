//! What a change stops and what it opens, found by judging what it concerns before and after it.
//!
//! The change is made in a transaction that is rolled back. Whatever command makes it, the question
//! is the same: each token that a changed record bears on is judged as the store was and as it
//! would be, by the one verdict function. So no flag of any command has a rule of its own here.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Core;
use super::token::Summary;
use crate::barrier::Writer;
use crate::clock::BootTime;
use crate::error::{Dependent, Dependents, Result};
use crate::model::id::TokenId;
use crate::model::verdict::Reason;

mod changed;
mod codes;
mod openings;
mod reach;

pub(super) use changed::Changed;

use reach::{Comparison, Shift};

/// How many are named.
const NAMED: usize = 10;

/// What a change stops, and what it opens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Impact {
    /// Tokens that are valid now and will not be.
    pub tokens: u32,
    /// The first of them, as `PROFILE/NAME`.
    pub examples: Vec<String>,
    /// Tokens that are valid now and will be, for fewer connections or from fewer addresses.
    pub partly: u32,
    /// The first of them.
    pub partly_examples: Vec<String>,
    /// Whether a password is accepted now and will not be.
    pub password: bool,
    /// Verification codes that can be exchanged now and will not be.
    pub codes: u32,
    /// Tokens that will be valid where they are not now.
    pub wider: u32,
    /// The first of them.
    pub wider_examples: Vec<String>,
    /// Which restrictions are lifted or loosened.
    pub opens: Vec<Opening>,
    /// In what way tokens stay valid for less.
    #[serde(skip)]
    pub narrowing: Narrowing,
    /// The tokens that stop, wholly or in part.
    #[serde(skip)]
    pub stopping: BTreeSet<TokenId>,
}

/// In what way tokens stay valid for less.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// For fewer connections.
    pub connections: bool,
    /// From fewer addresses.
    pub addresses: bool,
}

/// A restriction that is lifted or loosened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Opening {
    /// Of what: `profile`, `connection`, `token`.
    pub kind: &'static str,
    /// Its name; of a token `PROFILE/NAME`.
    pub name: String,
    /// What it may do, or what may be done with it: "may use any connection".
    pub what: String,
    /// Whether a restriction is gone, and not only loosened.
    #[serde(skip)]
    pub lifted: bool,
}

impl Impact {
    /// Whether anything that is valid now stops, wholly or in part.
    pub fn stops(&self) -> bool {
        let Self { tokens, partly, password, codes, .. } = self;
        *tokens > 0 || *partly > 0 || *password || *codes > 0
    }

    /// Whether every token that this stops, wholly or in part, is stopped by `other` too, and nothing
    /// else that is valid is stopped that is not.
    pub(super) fn stops_no_more_than(&self, other: &Self) -> bool {
        self.stopping.is_subset(&other.stopping)
            && self.tokens <= other.tokens
            && self.codes <= other.codes
            && self.password <= other.password
    }

    /// Counts a token that a change ends or suspends, if it is valid now.
    pub(super) fn count(&mut self, token: &Summary) {
        if token.effective == Reason::Valid {
            self.tokens += 1;
            name(&mut self.examples, token.address());
        }
    }

    fn add(&mut self, id: TokenId, address: &str, shift: Shift) {
        let Shift { stops, narrowing, gains } = shift;
        let narrows = !stops && (narrowing.connections || narrowing.addresses);
        if stops {
            self.tokens += 1;
            name(&mut self.examples, address.to_owned());
        } else if narrows {
            self.partly += 1;
            name(&mut self.partly_examples, address.to_owned());
            self.narrowing.connections |= narrowing.connections;
            self.narrowing.addresses |= narrowing.addresses;
        }
        if stops || narrows {
            self.stopping.insert(id);
        }
        if gains {
            self.wider += 1;
            name(&mut self.wider_examples, address.to_owned());
        }
    }
}

/// Adds a name to the first ones, which are in the order of the alphabet.
fn name(first: &mut Vec<String>, name: String) {
    let at = first.partition_point(|other| *other <= name);
    if at < NAMED {
        first.insert(at, name);
        first.truncate(NAMED);
    }
}

/// What a change comes to, and what it would stop and open; nothing of it is kept.
pub(super) fn foresee<T>(
    core: &mut Core,
    change: impl FnOnce(&mut Writer<'_>) -> Result<T>,
) -> Result<(T, Impact)> {
    let boot = core.clock.boot();
    core.rehearse(|w| {
        w.keep_originals();
        let value = change(w)?;
        Ok((value, observe(w, boot)?))
    })
}

/// What the changes stop and open that a transaction has made since [`Writer::keep_originals`].
pub(super) fn observe(w: &mut Writer<'_>, boot: BootTime) -> Result<Impact> {
    w.flush()?;
    let changed = Changed::of(w)?;
    let codes = codes::stopped(w, &changed, boot)?;
    let opens = openings::of(w, &changed)?;
    let password = changed.stops_a_password(w.now());
    let mut impact = Impact { password, codes, opens, ..Impact::default() };
    let now = w.now();
    Comparison::new(w, &changed, now)?.each(w, &mut |id, address, shift| {
        impact.add(id, address, shift);
    })?;
    Ok(impact)
}

/// The dependents for a refusal: the first few, and how many more there are.
pub(super) fn some_of(mut all: Vec<Dependent>) -> Dependents {
    all.sort_by_cached_key(ToString::to_string);
    let more = all.len().saturating_sub(NAMED);
    all.truncate(NAMED);
    Dependents { named: all, more }
}
