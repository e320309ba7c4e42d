//! Revokes tokens.

use super::selection::Selection;
use crate::barrier::Reader;
use crate::core::Core;
use crate::error::Result;
use crate::model::id::RecordId;
use crate::model::profile::Profile;
use crate::model::text::FreeText;
use crate::model::token::{Presented, TokenRecord, TokenState};
use crate::ops::edit::Changed;
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::token::{Summary, end, find_secret, state, summary};

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
            let summary = summary(w, &mut cache, clocks, (*id, &token))?;
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

/// The reason for which a holder's token is revoked.
const BY_HOLDER: &str = "by holder";

/// Revokes the token that its holder presents. Returns its summary if it was in force until now;
/// `None` if there is no such token, or it had ended. Nothing is written then.
///
/// # Errors
///
/// Those of every read and write.
pub fn revoke_own(core: &mut Core, presented: &Presented) -> Result<Option<Summary>> {
    let now = core.now();
    // First without a lock: anybody can present anything.
    let found = core.read(|r| {
        let clocks = Clocks::new(r, now);
        own_in_force(r, presented, clocks)
    })?;
    if found.is_none() {
        return Ok(None);
    }
    core.write(|w| {
        let clocks = Clocks::new(w, w.now());
        let Some((id, mut token, profile)) = own_in_force(w, presented, clocks)? else {
            return Ok(None);
        };
        end(w, id, &mut token, BY_HOLDER.parse().ok(), &profile)?;
        summary(w, &mut ReferentCache::default(), clocks, (id, &token)).map(Some)
    })
}

/// The presented token and its profile, unless it was revoked or has expired. A pending one has not
/// been delivered: nobody holds it.
fn own_in_force(
    r: &mut Reader<'_>,
    presented: &Presented,
    clocks: Clocks,
) -> Result<Option<(RecordId, TokenRecord, Profile)>> {
    let Some((id, token)) = find_secret(r, presented)? else {
        return Ok(None);
    };
    let profile: Profile = r.require(token.owner)?;
    let in_force = matches!(
        state(&token, &profile, clocks),
        TokenState::Active | TokenState::Suspended
    );
    Ok(in_force.then_some((id, token, profile)))
}
