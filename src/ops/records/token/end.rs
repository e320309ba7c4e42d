//! Revokes tokens, for every verb that needs it.

use super::find::{by_id, of_profile};
use super::journal::NAMED_IN_A_ROW;
use super::names::release_names;
use super::pending;
use super::state::is_live;
use crate::barrier::{Tombstone, Unique, Writer};
use crate::error::Result;
use crate::model::audit::{Action, Outcome};
use crate::model::id::{RecordId, TokenId};
use crate::model::profile::Profile;
use crate::model::text::FreeText;
use crate::model::token::{Revocation, TokenRecord};
use crate::ops::records::clocks::Clocks;
use crate::ops::records::journal::{self, LogFacts, RESTORED, listed};

/// The reason for revoking a token that nobody received.
pub(in crate::ops) const UNDELIVERED: &str = "could not be delivered";

/// Revokes a token that was already valid and could not be delivered completely.
pub(in crate::ops) fn revoke_undelivered(w: &mut Writer<'_>, id: TokenId) -> Result<()> {
    let Some((record_id, mut token)) = by_id(w, id)? else {
        return Ok(());
    };
    let profile: Profile = w.require(token.owner)?;
    if token.revoked.is_some() || profile.deleted_at.is_some() {
        return Ok(());
    }
    end_as(
        w,
        record_id,
        &mut token,
        UNDELIVERED.parse().ok(),
        &profile,
        Outcome::Undelivered,
    )
}

/// Revokes a token that a restored backup brought back.
pub(in crate::ops) fn revoke_again(
    w: &mut Writer<'_>,
    id: RecordId,
    mut token: TokenRecord,
) -> Result<()> {
    let profile: Profile = w.require(token.owner)?;
    end(w, id, &mut token, RESTORED.parse().ok(), &profile)
}

/// Logs, by id, which live tokens end with a deleted profile: their records stay unchanged. One row
/// covers many: a row for each would be larger than the deletion.
pub(in crate::ops) fn journal_with_profile(
    w: &mut Writer<'_>,
    owner: RecordId,
    profile: &Profile,
    why: &str,
) -> Result<()> {
    let clocks = Clocks::new(w, w.now());
    let tokens = of_profile(w, owner, profile.tokens)?
        .into_iter()
        .map(|(_, token)| token);
    let live: Vec<_> = tokens
        .filter(|token| is_live(token, profile, clocks))
        .collect();
    for row in live.chunks(NAMED_IN_A_ROW) {
        let Some(first) = row.first() else { continue };
        let ids: Vec<_> = row.iter().map(|token| token.public).collect();
        let facts = LogFacts::new()
            .of(owner, profile.name.as_ref())
            .with("tokens", Some(listed(&ids)))
            .with("reason", Some(why));
        w.audit(Action::TokenRevoke, journal::token(first), facts.into())?;
    }
    Ok(())
}

pub(in crate::ops) fn end(
    w: &mut Writer<'_>,
    id: RecordId,
    token: &mut TokenRecord,
    reason: Option<FreeText>,
    profile: &Profile,
) -> Result<()> {
    end_as(w, id, token, reason, profile, Outcome::Done)
}

/// As [`end`], with the outcome for the log.
fn end_as(
    w: &mut Writer<'_>,
    id: RecordId,
    token: &mut TokenRecord,
    reason: Option<FreeText>,
    profile: &Profile,
    outcome: Outcome,
) -> Result<()> {
    let facts = LogFacts::new()
        .of(token.owner, profile.name.as_ref())
        .with("reason", reason.as_ref());
    if token.pending.take().is_some() {
        pending::leave(w, id)?;
        pending::forget_successor(w, token)?;
    }
    token.revoked = Some(Revocation {
        at: w.now(),
        reason,
    });
    remember_end(w, id, token)?;
    w.put(id, token)?;
    release_names(w, id, token)?;
    w.audit_outcome(
        Action::TokenRevoke,
        outcome,
        journal::token(token),
        facts.into(),
    )
}

/// Records outside the store that a token has ended. A rotated token had a later expiry before,
/// which a backup may contain: its tombstone never expires.
pub(in crate::ops) fn remember_end(
    w: &mut Writer<'_>,
    id: RecordId,
    token: &TokenRecord,
) -> Result<()> {
    let replaced = token.successor.is_some() || w.find(Unique::Rotation(token.public))?.is_some();
    let keep = token.expires_at.filter(|_| !replaced);
    w.record_tombstone(Tombstone::revoked(id, keep));
    Ok(())
}
