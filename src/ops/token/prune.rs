//! Removes tokens that ended long ago.

use super::selection::Selection;
use crate::barrier::{Reader, Writer};
use crate::core::Core;
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::id::RecordId;
use crate::model::token::TokenRecord;
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::journal::{self, LogFacts};
use crate::ops::records::token::{
    Summary, by_id, remember_end, remove_ended, store_owner, summary,
};

/// Removes tombstones permanently, all in one transaction; returns their summaries.
///
/// Live tokens are never removed, whatever is selected. A deleted profile is removed with the last
/// of its tokens. This machine keeps a tombstone file of what was removed, so that no older backup
/// revives it.
///
/// # Errors
///
/// There is no token of that name or id, or the filter refers to something that does not exist.
pub fn prune<'a>(core: &mut Core, which: impl Into<Selection<'a>>) -> Result<Vec<Summary>> {
    which.into().change(core, |w, chosen, step| {
        let clocks = Clocks::new(w, w.now());
        let mut cache = ReferentCache::default();
        let mut pruned = Vec::with_capacity(chosen.len());
        for id in chosen {
            // Removing another one may have moved it.
            let token: TokenRecord = w.require(*id)?;
            let summary = summary(w, &mut cache, clocks, (*id, &token))?;
            if !summary.state.is_live() && !awaits_successor(w, &token)? {
                prune_one(w, *id, &token)?;
                pruned.push(summary);
            }
            step();
        }
        Ok(pruned)
    })
}

/// Whether a pending token is going to replace this one.
fn awaits_successor(r: &mut Reader<'_>, token: &TokenRecord) -> Result<bool> {
    let Some(successor) = token.successor else {
        return Ok(false);
    };
    Ok(by_id(r, successor)?.is_some_and(|(_, new)| new.pending.is_some()))
}

fn prune_one(w: &mut Writer<'_>, id: RecordId, token: &TokenRecord) -> Result<()> {
    // An older backup may contain it as valid.
    remember_end(w, id, token)?;
    let profile = remove_ended(w, id, token)?;
    let facts = LogFacts::new().of(token.owner, profile.name.as_ref()).with(
        "ended_at",
        token
            .revoked
            .as_ref()
            .map(|revocation| revocation.at)
            .or(token.expires_at),
    );
    w.audit(Action::TokenPrune, journal::token(token), facts.into())?;
    store_owner(w, token.owner, &profile)
}
