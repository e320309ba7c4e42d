//! Identifies tokens found outside the store.

use crate::core::Core;
use crate::error::Result;
use crate::model::token::Token;
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::token::{Summary, find_secret, summary};

/// The summaries of these tokens; `None` for a token that is not in the store, or only has the same
/// id as one that is.
///
/// # Errors
///
/// As [`Core::read`].
pub fn identify(core: &mut Core, tokens: &[&Token]) -> Result<Vec<Option<Summary>>> {
    let now = core.now();
    core.read(|r| {
        let clocks = Clocks::new(r, now);
        let mut cache = ReferentCache::default();
        let mut known = Vec::with_capacity(tokens.len());
        for token in tokens {
            known.push(match find_secret(r, *token)? {
                Some((id, record)) => Some(summary(r, &mut cache, clocks, (id, &record))?),
                None => None,
            });
        }
        Ok(known)
    })
}
