//! Removes tokens that ended long ago.

use super::selection::Selection;
use crate::barrier::{List, Reader, Tombstone, Unique, Writer};
use crate::core::Core;
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::id::RecordId;
use crate::model::profile::Profile;
use crate::model::token::TokenRecord;
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::journal::{self, LogFacts};
use crate::ops::records::token::{
    Summary, by_id, forget_rotation, pass_on_rotation, release_names, remember_end, summary,
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
            let summary = summary(w, &mut cache, clocks, &token)?;
            if !summary.state.is_live() && !awaits_successor(w, &token)? {
                remove(w, *id, &token)?;
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

fn remove(w: &mut Writer<'_>, id: RecordId, token: &TokenRecord) -> Result<()> {
    let mut profile: Profile = w.require(token.owner)?;
    release_names(w, id, token)?;
    w.unindex(Unique::Token(token.public))?;
    if let Some(digest) = &token.imported {
        w.unindex(Unique::Import(digest))?;
        w.discount_import();
    }
    // An older backup may contain it as valid.
    remember_end(w, id, token)?;
    unlink(w, token)?;
    let tokens = profile.tokens;
    let record_id = token.position;
    w.pull::<TokenRecord>(List::TokensOf(token.owner), tokens, record_id, |record| {
        &mut record.position
    })?;
    w.remove(id)?;
    let facts = LogFacts::new().of(token.owner, profile.name.as_ref()).with(
        "ended_at",
        token
            .revoked
            .as_ref()
            .map(|revocation| revocation.at)
            .or(token.expires_at),
    );
    w.audit(Action::TokenPrune, journal::token(token), facts.into())?;
    profile.tokens = tokens.saturating_sub(1);
    if profile.tokens > 0 || profile.deleted_at.is_none() {
        return w.put(token.owner, &profile);
    }
    w.record_tombstone(Tombstone::deleted(token.owner));
    w.audit(
        Action::ProfilePrune,
        journal::profile(token.owner, &profile),
        LogFacts::new().into(),
    )?;
    w.remove(token.owner)
}

/// Links the predecessor of a removed token to its successor, so that the chain is not broken. A
/// replaced token must never look as if it still had its name.
fn unlink(w: &mut Writer<'_>, token: &TokenRecord) -> Result<()> {
    forget_rotation(w, token.public)?;
    if let Some(id) = token.predecessor
        && let Some((record_id, mut old)) = by_id(w, id)?
        && old.successor == Some(token.public)
    {
        match token.successor {
            Some(successor) => pass_on_rotation(w, id, successor)?,
            None => forget_rotation(w, id)?,
        }
        old.successor = token.successor.or(old.successor);
        w.put(record_id, &old)?;
    }
    let Some(successor) = token.successor else {
        return Ok(());
    };
    let Some((record_id, mut new)) = by_id(w, successor)? else {
        return Ok(());
    };
    if new.predecessor == Some(token.public) {
        new.predecessor = token.predecessor;
        w.put(record_id, &new)?;
    }
    Ok(())
}
