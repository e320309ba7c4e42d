//! Issues a pending token, delivers it with no lock held, and then activates it. If the delivery
//! fails, the token is removed, or revoked if another call has activated it.

use std::io;

use super::inspect::prepare;
use super::rollback::{restore_after, restore_after_refusal};
use super::sink::DeferredSink;
use crate::barrier::{Lookup, Unique, Writer};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::model::id::{RecordId, TokenId};
use crate::model::time::Time;
use crate::model::token::{TokenRecord, TokenState};
use crate::ops::records::occupant::SinkOwner;
use crate::ops::records::token::{
    Issued, Summary, UNDELIVERED, activate, by_id, deadline, remove_undelivered,
    revoke_undelivered, summary_by_id,
};

/// The changes that accompany a pending token, one method per phase; each runs within a transaction.
pub(in crate::ops) trait TwoPhase {
    /// The owner of the secret, so that the sink's content can be recognized.
    fn owner(&self) -> SinkOwner<'_>;

    /// Names what the first transaction looks up first.
    fn announce(&self, _: &mut Core) {}

    /// The first transaction: issues the token, pending until the deadline `until`.
    fn prepare(&mut self, w: &mut Writer<'_>, until: Time) -> Result<Issued>;

    /// The second transaction: the other changes at activation.
    fn activate(&mut self, _: &mut Writer<'_>, _: RecordId, _: &TokenRecord) -> Result<()> {
        Ok(())
    }

    /// Instead of the second: undoes the other changes after a failed delivery.
    fn abort(&mut self, _: &mut Writer<'_>) -> Result<()> {
        Ok(())
    }
}

/// Issues a pending token, delivers it, and activates it. If the delivery fails, the token is removed,
/// or revoked if another call has activated it.
///
/// A sink may be a program that takes minutes, or that uses the store. So no transaction is open
/// while it runs. Meanwhile the token keeps its name, verifies as unknown, and has a deadline after
/// which any write removes it.
pub(in crate::ops) fn deliver_in_two_phases(
    core: &mut Core,
    sink: &mut dyn DeferredSink,
    steps: &mut dyn TwoPhase,
) -> Result<Issued> {
    // Before anything is created: the sink's content may have to stay.
    let found = prepare(core, sink, steps.owner())?;
    let until = deadline(core.now(), sink.timeout_seconds());
    steps.announce(core);
    let mut issued = core.write(|w| steps.prepare(w, until))?;
    issued.replaced = found.occupant;
    let id = issued.summary.id;
    if let Err(source) = sink.deliver(&issued.secret, found.content()) {
        // The store first: once the token is removed, nothing that the sink may still hold can
        // become valid.
        let discarded = discard(core, id, steps);
        let restored = restore_after(sink, source);
        return Err(discarded.err().unwrap_or(restored));
    }
    core.prefetch(&[Lookup::Named(Unique::Token(id))]);
    // Only now: before the sink has the secret, a kill must not leave a valid token behind.
    match core.write(|w| {
        activate(w, id, |w, record_id, token| {
            steps.activate(w, record_id, token)
        })
    }) {
        Ok(Some(summary)) => issued.summary = summary,
        // Another write removed the token after its deadline, or somebody revoked it.
        Ok(None) => {
            let discarded = discard(core, id, steps);
            let meanwhile = "it took too long, or was revoked meanwhile";
            let restored = restore_after(sink, io::Error::other(meanwhile));
            return Err(discarded.err().unwrap_or(restored));
        }
        Err(failure) => issued.summary = after_failure(core, sink, steps, id, failure)?,
    }
    Ok(issued)
}

/// A failed commit may have taken effect after all: then the token is valid, and its sink has it.
/// Where that cannot be determined, the sink keeps the secret too: while pending, it becomes valid
/// only if the call is repeated.
fn after_failure(
    core: &mut Core,
    sink: &mut dyn DeferredSink,
    steps: &mut dyn TwoPhase,
    id: TokenId,
    failure: Error,
) -> Result<Summary> {
    let now = core.now();
    match core.read(|r| summary_by_id(r, id, now)) {
        Ok(Some(token)) if is_activated(token.state) => Ok(token),
        Ok(_) => {
            let discarded = discard(core, id, steps);
            let restored = match failure {
                refused @ Error::Refused(_) => restore_after_refusal(sink, refused),
                failure => restore_after(sink, io::Error::other(failure)),
            };
            Err(discarded.err().unwrap_or(restored))
        }
        Err(_) => Err(failure),
    }
}

/// Whether a token was activated, and nobody has revoked it since.
fn is_activated(state: TokenState) -> bool {
    state.is_live() && state != TokenState::Pending
}

/// Removes a token that was not delivered.
///
/// # Errors
///
/// [`Error::StillValid`] if another call has activated it and it could not be revoked.
pub(in crate::ops) fn discard(
    core: &mut Core,
    id: TokenId,
    steps: &mut dyn TwoPhase,
) -> Result<()> {
    let done = core.write(|w| {
        let pending = match by_id(w, id)? {
            Some((record_id, token)) if token.pending.is_some() => {
                remove_undelivered(w, record_id, UNDELIVERED)?;
                true
            }
            found => found.is_none(),
        };
        if pending {
            steps.abort(w)?;
        }
        Ok(pending)
    });
    if let Ok(false) = done {
        // A second call found it in the sink and activated it before the sink failed.
        core.write(|w| revoke_undelivered(w, id))
            .map_err(|failure| Error::StillValid {
                token: id,
                source: Box::new(failure),
            })?;
    }
    // A pending token that cannot be removed now is not valid, and is removed after its deadline.
    Ok(())
}
