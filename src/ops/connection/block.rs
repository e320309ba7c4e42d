//! Blocks and unblocks a connection.

use super::journal::journal_as;
use super::summary::{Summary, summary};
use crate::barrier::{Tombstone, Writer};
use crate::core::Core;
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::connection::{Block, Connection};
use crate::model::name::ConnectionName;
use crate::model::text::FreeText;
use crate::ops::edit::Changed;
use crate::ops::impact::{self, Impact};
use crate::ops::records::journal::LogFacts;
use crate::ops::records::lookup;

/// Blocks a connection: no token is valid for it until it is unblocked. A connection that is
/// already blocked keeps the time of its block; a new reason replaces the old one.
///
/// # Errors
///
/// There is no connection of that name.
pub fn block(
    core: &mut Core,
    name: &ConnectionName,
    reason: Option<&FreeText>,
) -> Result<Changed<Summary>> {
    core.write(|w| block_within(w, name, reason))
}

/// The result of blocking a connection, and the impact: the tokens bound to it stop, and the open
/// tokens that may use it stop in part. Changes nothing.
///
/// # Errors
///
/// As [`block`].
pub fn preview_block(
    core: &mut Core,
    name: &ConnectionName,
    reason: Option<&FreeText>,
) -> Result<(Changed<Summary>, Impact)> {
    impact::preview(core, |w| block_within(w, name, reason))
}

/// As [`block`], within a transaction.
pub(in crate::ops) fn block_within(
    w: &mut Writer<'_>,
    name: &ConnectionName,
    reason: Option<&FreeText>,
) -> Result<Changed<Summary>> {
    let (id, mut connection) = lookup::named::<Connection>(w, name)?;
    let before = connection.blocked.clone();
    let after = Block {
        at: before.as_ref().map_or(w.now(), |block| block.at),
        reason: reason
            .cloned()
            .or_else(|| before.as_ref().and_then(|block| block.reason.clone())),
    };
    if before.as_ref() == Some(&after) {
        return Ok(Changed::already(summary(&connection)));
    }
    let facts = LogFacts::new().with("reason", after.reason.as_ref());
    connection.blocked = Some(after);
    w.record_tombstone(Tombstone::blocked(id));
    w.put(id, &connection)?;
    journal_as(w, Action::ConnectionBlock, id, &connection, facts)?;
    Ok(Changed::made(summary(&connection)))
}

/// Unblocks a connection.
///
/// # Errors
///
/// There is no connection of that name.
pub fn unblock(core: &mut Core, name: &ConnectionName) -> Result<Changed<Summary>> {
    core.write(|w| unblock_within(w, name))
}

/// The result of unblocking a connection, and what that opens. Changes nothing.
///
/// # Errors
///
/// As [`unblock`].
pub fn preview_unblock(
    core: &mut Core,
    name: &ConnectionName,
) -> Result<(Changed<Summary>, Impact)> {
    impact::preview(core, |w| unblock_within(w, name))
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
    let facts = LogFacts::new().with("blocked_at", Some(before.at));
    journal_as(w, Action::ConnectionUnblock, id, &connection, facts)?;
    Ok(Changed::made(summary(&connection)))
}
