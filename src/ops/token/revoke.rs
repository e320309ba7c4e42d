//! Taking tokens back.

use super::handover::UNDELIVERED;
use super::issue::NAMED_IN_A_ROW;
use super::target::by_id;
use super::{Selection, Summary, is_live, of_profile, pending, state, summary};
use crate::barrier::{Tombstone, Unique, Writer};
use crate::error::Result;
use crate::model::audit::Outcome;
use crate::model::id::{RecordId, TokenId};
use crate::model::profile::Profile;
use crate::model::text::{Device, FreeText};
use crate::model::token::{Revocation, TokenRecord, TokenState};
use crate::ops::Core;
use crate::ops::edit::Changed;
use crate::ops::journal::{self, Facts, RESTORED, listed};
use crate::ops::lookup::{Moment, Opened};

/// Revokes tokens for good, all in one transaction. One that is revoked already stays as it was.
pub fn revoke<'a>(
    core: &mut Core,
    which: impl Into<Selection<'a>>,
    reason: Option<&FreeText>,
) -> Result<Vec<Changed<Summary>>> {
    which.into().change(core, |w, chosen, step| {
        let (moment, mut opened) = (Moment::new(w, w.now()), Opened::default());
        let mut revoked = Vec::with_capacity(chosen.len());
        for id in chosen {
            let mut token: TokenRecord = w.require(*id)?;
            let profile = opened.profiles.open(w, token.owner)?;
            let ended = state(&token, &profile, moment) == TokenState::Revoked;
            if !ended {
                end(w, *id, &mut token, reason.cloned(), &profile)?;
            }
            let summary = summary(w, &mut opened, moment, &token)?;
            revoked.push(if ended { Changed::already(summary) } else { Changed::made(summary) });
            step();
        }
        Ok(revoked)
    })
}

/// Revokes a token that was good already and could not be handed over to the end.
pub(super) fn revoke_undelivered(w: &mut Writer<'_>, id: TokenId) -> Result<()> {
    let Some((place, mut token)) = by_id(w, id)? else { return Ok(()) };
    let profile: Profile = w.require(token.owner)?;
    if token.revoked.is_some() || profile.deleted_at.is_some() {
        return Ok(());
    }
    end_as(w, place, &mut token, UNDELIVERED.parse().ok(), &profile, Outcome::Undelivered)
}

/// Revokes a token that a restored backup had brought back.
pub(in crate::ops) fn revoke_again(
    w: &mut Writer<'_>,
    id: RecordId,
    mut token: TokenRecord,
) -> Result<()> {
    let profile: Profile = w.require(token.owner)?;
    end(w, id, &mut token, RESTORED.parse().ok(), &profile)
}

/// Writes down, by id, which live tokens end with a profile that is deleted: their records stay as they
/// are. One row stands for many: a row each would be larger than the deletion.
pub(in crate::ops) fn journal_with_profile(
    w: &mut Writer<'_>,
    owner: RecordId,
    profile: &Profile,
    why: &str,
) -> Result<()> {
    let moment = Moment::new(w, w.now());
    let tokens = of_profile(w, owner, profile.tokens)?.into_iter().map(|(_, token)| token);
    let live: Vec<_> = tokens.filter(|token| is_live(token, profile, moment)).collect();
    for row in live.chunks(NAMED_IN_A_ROW) {
        let Some(first) = row.first() else { continue };
        let ids: Vec<_> = row.iter().map(|token| token.public).collect();
        let facts = Facts::new()
            .of(owner, profile.name.as_ref())
            .with("tokens", Some(listed(&ids)))
            .with("reason", Some(why));
        w.audit("token.revoke", journal::token(first), facts.into())?;
    }
    Ok(())
}

pub(super) fn end(
    w: &mut Writer<'_>,
    id: RecordId,
    token: &mut TokenRecord,
    reason: Option<FreeText>,
    profile: &Profile,
) -> Result<()> {
    end_as(w, id, token, reason, profile, Outcome::Done)
}

/// As [`end`]; `outcome` is what the log says of it.
fn end_as(
    w: &mut Writer<'_>,
    id: RecordId,
    token: &mut TokenRecord,
    reason: Option<FreeText>,
    profile: &Profile,
    outcome: Outcome,
) -> Result<()> {
    let facts = Facts::new().of(token.owner, profile.name.as_ref()).with("reason", reason.as_ref());
    if token.pending.take().is_some() {
        pending::leave(w, id)?;
        pending::forget_successor(w, token)?;
    }
    token.revoked = Some(Revocation { at: w.now(), reason });
    remember_end(w, id, token)?;
    w.put(id, token)?;
    give_up(w, id, token)?;
    w.audit_outcome("token.revoke", outcome, journal::token(token), facts.into())
}

/// Remembers outside the store that a token has ended. One that was replaced had a later end before, and
/// a backup may hold it with that: it is remembered for ever.
pub(super) fn remember_end(w: &mut Writer<'_>, id: RecordId, token: &TokenRecord) -> Result<()> {
    let replaced = token.successor.is_some() || w.find(Unique::Rotation(token.public))?.is_some();
    let keep = token.expires_at.filter(|_| !replaced);
    w.record_tombstone(Tombstone::revoked(id, keep));
    Ok(())
}

/// A tombstone holds no name and no device. An expired token may have lost its own to a later one
/// already.
pub(super) fn give_up(w: &mut Writer<'_>, id: RecordId, token: &TokenRecord) -> Result<()> {
    let (name, device) = (token.name.canonical(), token.device.as_ref().map(Device::canonical));
    let device = device.as_deref();
    let device = device.map(|it| Unique::Device(token.owner, token.connection, it));
    for held in [Some(Unique::TokenName(token.owner, &name)), device].into_iter().flatten() {
        if w.find(held)? == Some(id) {
            w.unindex(held)?;
        }
    }
    Ok(())
}
