//! Revokes tokens.

use super::selection::Selection;
use crate::core::Core;
use crate::error::Result;
use crate::model::text::FreeText;
use crate::model::token::{TokenRecord, TokenState};
use crate::ops::edit::Changed;
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::token::{Summary, end, state, summary};

/// Revokes tokens permanently, all in one transaction. A revoked token stays unchanged.
///
/// # Errors
///
/// There is no token of that name or id, or the filter refers to something that does not exist.
pub fn revoke<'a>(
    core: &mut Core,
    which: impl Into<Selection<'a>>,
    reason: Option<&FreeText>,
) -> Result<Vec<Changed<Summary>>> {
    which.into().change(core, |w, chosen, step| {
        let clocks = Clocks::new(w, w.now());
        let mut cache = ReferentCache::default();
        let mut revoked = Vec::with_capacity(chosen.len());
        for id in chosen {
            let mut token: TokenRecord = w.require(*id)?;
            let profile = cache.profiles.open(w, token.owner)?;
            let ended = state(&token, &profile, clocks) == TokenState::Revoked;
            if !ended {
                end(w, *id, &mut token, reason.cloned(), &profile)?;
            }
            let summary = summary(w, &mut cache, clocks, &token)?;
            revoked.push(if ended {
                Changed::already(summary)
            } else {
                Changed::made(summary)
            });
            step();
        }
        Ok(revoked)
    })
}
