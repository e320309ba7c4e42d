//! Blocking a connection, and lifting the block.

use super::{Summary, journal_as, summary};
use crate::barrier::{Tombstone, Writer};
use crate::error::Result;
use crate::model::connection::{Block, Connection};
use crate::model::name::ConnectionName;
use crate::model::text::FreeText;
use crate::model::token::TokenRecord;
use crate::model::verdict::Reason;
use crate::ops::edit::Changed;
use crate::ops::impact::Impact;
use crate::ops::journal::Facts;
use crate::ops::lookup::Moment;
use crate::ops::{Core, lookup, token};

/// Blocks a connection: no token is good for it until it is unblocked. One that is blocked stays
/// blocked since it first was; a new reason replaces the old one.
pub fn block(
    core: &mut Core,
    name: &ConnectionName,
    reason: Option<FreeText>,
) -> Result<Changed<Summary>> {
    core.write(|w| block_within(w, name, reason))
}

/// As [`block`], within a transaction.
pub(in crate::ops) fn block_within(
    w: &mut Writer<'_>,
    name: &ConnectionName,
    reason: Option<FreeText>,
) -> Result<Changed<Summary>> {
    let (id, mut connection) = lookup::named::<Connection>(w, name)?;
    let before = connection.blocked.clone();
    let after = Block {
        at: before.as_ref().map_or(w.now(), |it| it.at),
        reason: reason.or_else(|| before.as_ref().and_then(|it| it.reason.clone())),
    };
    if before.as_ref() == Some(&after) {
        return Ok(Changed::already(summary(&connection)));
    }
    let facts = Facts::new().with("reason", after.reason.as_ref());
    connection.blocked = Some(after);
    w.record_tombstone(Tombstone::blocked(id));
    w.put(id, &connection)?;
    journal_as(w, "connection.block", id, &connection, facts)?;
    Ok(Changed::made(summary(&connection)))
}

/// Lifts the block.
pub fn unblock(core: &mut Core, name: &ConnectionName) -> Result<Changed<Summary>> {
    core.write(|w| unblock_within(w, name))
}

/// As [`unblock`], within a transaction.
pub(in crate::ops) fn unblock_within(
    w: &mut Writer<'_>,
    name: &ConnectionName,
) -> Result<Changed<Summary>> {
    let (id, mut connection) = lookup::named::<Connection>(w, name)?;
    let Some(before) = connection.blocked.take() else {
        return Ok(Changed::already(summary(&connection)));
    };
    w.record_tombstone(Tombstone::unblocked(id));
    w.put(id, &connection)?;
    let facts = Facts::new().with("blocked_at", Some(before.at));
    journal_as(w, "connection.unblock", id, &connection, facts)?;
    Ok(Changed::made(summary(&connection)))
}

/// What blocking would stop: the tokens bound to the connection, and, in part, the open ones that
/// may use it.
pub fn block_impact(core: &mut Core, name: &ConnectionName) -> Result<Impact> {
    let now = core.now();
    core.read(|r| {
        let (id, connection) = lookup::named::<Connection>(r, name)?;
        let (moment, mut impact) = (Moment::new(r, now), Impact::default());
        let concerned = |token: &TokenRecord| token.connection.is_none_or(|bound| bound == id);
        token::each_live(r, moment, concerned, |r, opened, record| {
            let owner = opened.profiles.open(r, record.owner)?;
            let summary = token::summary(r, opened, moment, record)?;
            if record.connection.is_some() {
                impact.count(&summary);
            } else if summary.effective == Reason::Valid {
                impact.partly += u32::from(owner.may_use(id) && connection.admits(&owner));
            }
            Ok(())
        })?;
        Ok(impact)
    })
}
